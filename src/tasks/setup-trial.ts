import {isDeepStrictEqual} from 'node:util'
import {secretsIn} from '../config/settings.ts'
import type {Keyring, Role} from '../plugin.ts'
import {fileStates} from '../state.ts'
import {obtain} from './obtain.ts'
import type {Parts} from './parts.ts'
import {type Plan, plansFor} from './plan.ts'
import {type Draft, editsFor} from './setup-draft.ts'
import type {DraftProfile} from './setup-existing.ts'
import {type SignedIn, signIn} from './sign-in.ts'

/** A sign-in at a provider that is not in the configuration yet. */
export interface Trial {
  readonly providerId: string
  /** Whether a provider of the configuration has the same settings, and so the same sign-in. */
  readonly shared: boolean
  readonly signedIn: SignedIn
  /** The roles that the provider offers; `undefined` where only AWS knows. */
  readonly roles: readonly Role[] | undefined
}

/**
 * Signs in as the draft says. What comes of it is kept like that of any sign-in, so that nobody is asked again once the
 * draft is saved; a failure leaves nothing.
 */
export async function trySignIn(draft: Draft, parts: Parts): Promise<Trial> {
  const {plan, drafted} = await planOf(draft, undefined, parts)
  return parts.locks.hold(plan.providerId, parts.signal, async () => {
    const signedIn = await signIn(plan, options(parts), drafted)
    const {providerId, provider} = plan
    const others = Object.values(parts.configuration.providers)
    const shared = others.some(({written}) => isDeepStrictEqual(written, provider.written))
    return {providerId, shared, signedIn, roles: await signedIn.identity.roles?.()}
  })
}

/** The same sign-in for a draft whose settings have changed since: what is remembered of it serves, and nobody is asked again. */
export async function trySame({providerId}: Trial, draft: Draft, parts: Parts): Promise<Trial> {
  const {plan} = await planOf(draft, undefined, parts)
  const [own, earlier] = [`${plan.providerId}/`, `${providerId}/`]
  const {read} = parts.store
  const orEarlier = async (key: string) =>
    (await read(key)) ?? (key.startsWith(own) ? read(earlier + key.slice(own.length)) : undefined)
  return trySignIn(draft, {...parts, store: {...parts.store, read: orEarlier}})
}

/** Gets credentials of the profile's role, with the sign-in that was tried. */
export async function tryRole(draft: Draft, profile: DraftProfile, {signedIn}: Trial, parts: Parts): Promise<string> {
  const {plan, drafted} = await planOf(draft, profile, parts)
  return parts.locks.hold(plan.providerId, parts.signal, async () => {
    const {issued} = await obtain(plan, {...options(parts), anew: true, signedIn}, drafted)
    return issued.role
  })
}

/** Forgets the sign-in of a draft that is not saved. */
export async function forgetTrial({providerId, shared}: Trial, {store}: Parts): Promise<void> {
  if (!shared) await store.clear(`${providerId}/`)
}

function options({signal}: Parts) {
  return {fresh: false, forgetful: false, quiet: false, probe: true, signal}
}

async function planOf(
  draft: Draft,
  profile: DraftProfile | undefined,
  parts: Parts,
): Promise<{readonly plan: Plan; readonly drafted: Parts}> {
  const configuration = await parts.draftConfiguration(() => editsFor(draft, profile))
  // Nobody waits for this provider, and its failures say nothing of the one that will be saved.
  const states = fileStates({folder: undefined, readText: async () => undefined, replace: async () => undefined})
  const drafted = {...parts, configuration, states, keyring: withTyped(draft.secrets, parts.keyring)}
  const [plan] = plansFor(profile ? {profile: profile.name} : {provider: draft.provider}, drafted)
  if (!plan) throw new Error('a provider has a plan')
  return {plan, drafted}
}

/** The keyring as it will be once the draft is saved. */
function withTyped(secrets: Draft['secrets'], keyring: Keyring): Keyring {
  const typed = new Map<string, string>()
  const into: Keyring = {...keyring, set: async (name, value) => void typed.set(name, value)}
  for (const [name, secret] of secrets) void secretsIn(into).set(name, secret)
  return {...keyring, get: async name => typed.get(name) ?? keyring.get(name)}
}
