import {
  cacheEntryFrom,
  cacheTimeFrom,
  findingsFrom,
  identityFrom,
  issuerFrom,
  refusalMeaningFrom,
} from '../contract/answers.ts'
import type {CredentialCache, FederationStrategy} from '../plugin.ts'

/** What to throw for a reason, which names the member. */
type Failure = (reason: string) => Error

/**
 * A strategy that rejects with a plain Error, naming the member, where an answer does not keep the contract. Like any
 * error without a code it is then the failure of the strategy's package, and neither ours nor AWS's. `issuer`, which is
 * called outside of all sign-ins, throws what `failure` makes of the reason.
 */
export function checkedStrategy<Settings extends object>(
  strategy: FederationStrategy<Settings>,
  failure: Failure,
): FederationStrategy<Settings> {
  const {settings, issuer, check, signOut, describeRefusal} = strategy
  return {
    settings,
    signIn: async (...given) => identityFrom(await strategy.signIn(...given)),
    ...(issuer && {issuer: given => orThrow(failure, () => issuerFrom(issuer.call(strategy, given)))}),
    ...(check && {check: async (...given) => findingsFrom(await check.apply(strategy, given))}),
    ...(signOut && {signOut: async (...given) => signOut.apply(strategy, given)}),
    ...(describeRefusal && {
      describeRefusal: (...given) => refusalMeaningFrom(describeRefusal.apply(strategy, given)),
    }),
  }
}

/** A cache that rejects with what `failure` makes of the reason where an answer does not keep the contract. */
export function checkedCache(cache: CredentialCache, failure: Failure): CredentialCache {
  const {ready, expiresAt} = cache
  return {
    async read(key) {
      const entry = await cache.read(key)
      return orThrow(failure, () => cacheEntryFrom(entry))
    },
    write: async (key, entry) => cache.write(key, entry),
    remove: async key => cache.remove(key),
    clear: async prefix => cache.clear(prefix),
    ...(ready && {ready: async () => ready.call(cache)}),
    ...(expiresAt && {
      async expiresAt(key) {
        const time = await expiresAt.call(cache, key)
        return orThrow(failure, () => cacheTimeFrom(time))
      },
    }),
  }
}

function orThrow<Result>(failure: Failure, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw failure(error instanceof Error ? error.message : String(error))
  }
}
