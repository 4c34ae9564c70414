import {userKey} from '../cache/keys.ts'
import type {Dependencies} from '../credentials/dependencies.ts'
import {lastStep, type Plan, planAt, plansFor} from '../credentials/plan.ts'
import {expectedFailure} from '../errors.ts'
import type {HotPlace} from '../fast-path/hot-copies.ts'

export interface CacheInfo {
  readonly cache: string
  readonly protection: string
  readonly folder: string | undefined
  /** Whether the user chose it; else `auto` did. */
  readonly byHand: boolean
  /** Why `auto` did not choose the keyring; `undefined` if it did, or if the user chose. */
  readonly insteadOfKeyring: string | undefined
  readonly hotCopies: HotPlace
  readonly profiles: readonly {readonly profile: string; readonly credentialsUntil: Date | undefined}[]
}

export type CachePlace = Omit<CacheInfo, 'cache' | 'protection' | 'profiles'> & {readonly id: string}

/** Where secrets rest, how they are protected there, and until when each profile has credentials. */
export async function cacheInfo(
  place: CachePlace,
  deps: Pick<Dependencies, 'configuration' | 'registry' | 'store' | 'clock' | 'env'>,
): Promise<CacheInfo> {
  const {id, folder, byHand, insteadOfKeyring, hotCopies} = place
  const {registry, store, configuration, clock} = deps
  const profiles: {profile: string; credentialsUntil: Date | undefined}[] = []
  for (const profile of Object.keys(configuration.profiles)) {
    let credentialsUntil: Date | undefined
    for (const plan of plansFor({profile}, deps)) {
      const end = await store.endOf(lastStep(plan).key)
      if (end && end > clock.now()) credentialsUntil ??= end
    }
    profiles.push({profile, credentialsUntil})
  }
  const protection = await registry.cacheSummary(id)
  return {cache: id, protection, folder, byHand, insteadOfKeyring, hotCopies, profiles}
}

export interface Cleared {
  readonly cleared: string
  /** Providers at which the user was signed in, and profiles that had credentials, as far as the cache tells. */
  readonly providers: readonly string[]
  readonly profiles: readonly string[]
}

/** Removes credentials and tokens: all of them, or those of one provider. */
export async function clearCache(
  provider: string | undefined,
  deps: Pick<Dependencies, 'configuration' | 'registry' | 'store' | 'env'>,
): Promise<Cleared> {
  const {configuration, store} = deps
  const only = provider === undefined ? undefined : planAt(provider, deps).providerId
  const isMeant = ({providerId}: Plan) => only === undefined || providerId === only
  const holdsAny = async (keys: readonly string[]) => (await Promise.all(keys.map(store.holds))).includes(true)
  const providers: string[] = []
  for (const name of Object.keys(configuration.providers)) {
    const plans = possible(() => [planAt(name, deps)]).filter(isMeant)
    if (await holdsAny(plans.map(({providerId}) => userKey(providerId)))) providers.push(name)
  }
  const profiles: string[] = []
  for (const profile of Object.keys(configuration.profiles)) {
    const plans = possible(() => plansFor({profile}, deps)).filter(isMeant)
    if (await holdsAny(plans.map(plan => lastStep(plan).key))) profiles.push(profile)
  }
  await store.clear(only === undefined ? undefined : `${only}/`)
  return {cleared: provider ?? 'all', providers, profiles}
}

/** A provider or profile that can't be used is no reason to keep its entries. */
function possible(plans: () => readonly Plan[]): readonly Plan[] {
  try {
    return plans()
  } catch (error) {
    if (expectedFailure(error)) return []
    throw error
  }
}
