/** For the tests of plugins: a fake `Host` to pass to a strategy, and the contract checks for strategies and caches. */
export {type CacheContractOptions, cacheContract} from './cache-contract.ts'
export type {Check} from './check.ts'
export {type FakeHost, fakeHost} from './fake-host.ts'
export type {
  Answer,
  Asked,
  FakeHostOptions,
  FakeMemory,
  GrantRequest,
  LogLine,
  Question,
  RedirectRequest,
  Script,
  TokenRequest,
} from './script.ts'
export {type StrategyContractOptions, strategyContract} from './strategy-contract.ts'
export {fakeTokens} from './tokens.ts'
