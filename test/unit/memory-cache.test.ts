import {memoryCache} from '../../src/providers/memory-cache.ts'
import {behavesAsCache} from '../support/cache-suite.ts'

describe('the cache "memory"', () => {
  behavesAsCache(async () => memoryCache())
})
