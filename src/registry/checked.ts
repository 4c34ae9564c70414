import {cacheEntryFrom, cacheTimeFrom, findingsFrom, identityFrom, refusalMeaningFrom} from '../contract/answers.ts'
import type {CredentialCache, FederationStrategy} from '../plugin.ts'

/**
 * A strategy that rejects with a plain Error, naming the member, where an answer does not keep the contract. Like any
 * error without a code it is then the failure of the strategy's package, and neither ours nor AWS's.
 */
export function checkedStrategy<Settings extends object>(
  strategy: FederationStrategy<Settings>,
): FederationStrategy<Settings> {
  const {settings, issuer, check, signOut, describeRefusal} = strategy
  return {
    settings,
    signIn: async (...given) => identityFrom(await strategy.signIn(...given)),
    ...(issuer && {issuer: given => issuer.call(strategy, given)}),
    ...(check && {check: async (...given) => findingsFrom(await check.apply(strategy, given))}),
    ...(signOut && {signOut: async (...given) => signOut.apply(strategy, given)}),
    ...(describeRefusal && {
      describeRefusal: (...given) => refusalMeaningFrom(describeRefusal.apply(strategy, given)),
    }),
  }
}

/** A cache that rejects with what `failure` makes of the reason where an answer does not keep the contract. */
export function checkedCache(cache: CredentialCache, failure: (reason: string) => Error): CredentialCache {
  const {ready, expiresAt} = cache
  const demand = <Result>(read: (value: unknown) => Result, value: unknown) => {
    try {
      return read(value)
    } catch (error) {
      throw failure(error instanceof Error ? error.message : String(error))
    }
  }
  return {
    read: async key => demand(cacheEntryFrom, await cache.read(key)),
    write: async (key, entry) => cache.write(key, entry),
    remove: async key => cache.remove(key),
    clear: async prefix => cache.clear(prefix),
    ...(ready && {ready: async () => ready.call(cache)}),
    ...(expiresAt && {expiresAt: async key => demand(cacheTimeFrom, await expiresAt.call(cache, key))}),
  }
}
