import {readsHotCopies} from '../support/hot-copy-suite.ts'

describe('a hot copy and the launcher', () => readsHotCopies(['sh']))
