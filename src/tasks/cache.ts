import type {HotPlace} from './hot-copies.ts'
import type {Parts} from './parts.ts'
import {lastStep, planAt, plansFor} from './plan.ts'

export interface CacheInfo {
  readonly cache: string
  readonly protection: string
  readonly folder: string | undefined
  /** Whether somebody has chosen it, or it is what works here. */
  readonly byHand: boolean
  /** Why it is not the keyring, where nobody has chosen. */
  readonly insteadOfKeyring: string | undefined
  readonly hotCopies: HotPlace
  readonly profiles: readonly {readonly profile: string; readonly credentialsUntil: Date | undefined}[]
}

export type CachePlace = Pick<CacheInfo, 'folder' | 'byHand' | 'insteadOfKeyring'> & {readonly id: string}

/** Where secrets rest, how they are protected there, and until when each profile has credentials. */
export async function cacheInfo({id, folder, byHand, insteadOfKeyring}: CachePlace, parts: Parts): Promise<CacheInfo> {
  const {registry, store, configuration, clock} = parts
  const profiles: {profile: string; credentialsUntil: Date | undefined}[] = []
  for (const profile of Object.keys(configuration.profiles)) {
    let credentialsUntil: Date | undefined
    for (const plan of plansFor({profile}, parts)) {
      const end = await store.endOf(lastStep(plan).key)
      if (end && end > clock.now()) credentialsUntil ??= end
    }
    profiles.push({profile, credentialsUntil})
  }
  const protection = await registry.cacheSummary(id)
  const hotCopies = await parts.hotCopies.place()
  return {cache: id, protection, folder, byHand, insteadOfKeyring, hotCopies, profiles}
}

/** Removes credentials and tokens: all of them, or those of one provider. */
export async function clearCache(provider: string | undefined, parts: Parts): Promise<void> {
  if (provider === undefined) return parts.store.clear()
  return parts.store.clear(`${planAt(provider, parts).providerId}/`)
}
