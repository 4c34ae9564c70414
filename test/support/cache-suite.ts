import type {CacheEntry, CredentialCache} from '../../src/plugin.ts'
import {type CacheContractOptions, cacheContract} from '../../src/testing/index.ts'

export const entry = (value: string): CacheEntry => ({value, expiresAt: new Date('2099-01-01T00:00:00Z')})

/** Tests the contract of every cache, which the package publishes for plugins. */
export function behavesAsCache(make: () => Promise<CredentialCache>, options?: CacheContractOptions): void {
  for (const {name, run} of cacheContract(make, options)) it(name, run)
}
