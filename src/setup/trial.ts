import {isDeepStrictEqual} from 'node:util'
import {lockOf} from '../cache/keys.ts'
import type {Store} from '../cache/store.ts'
import {secretsIn} from '../config/settings.ts'
import {fileStates} from '../coordination/state.ts'
import type {Dependencies, SetupDependencies} from '../credentials/dependencies.ts'
import {obtain} from '../credentials/obtain.ts'
import {lastStep, type Plan, plansFor} from '../credentials/plan.ts'
import {allRolesOf} from '../credentials/role-list.ts'
import {type SignedIn, signIn} from '../credentials/sign-in.ts'
import type {Keyring, Role} from '../plugin.ts'
import {type Draft, editsFor} from './draft.ts'
import type {DraftProfile} from './existing.ts'

/** A sign-in at a provider that is not saved yet. */
export interface Trial {
  readonly providerId: string
  /** Whether a configured provider has the same settings, and so the same sign-in. */
  readonly shared: boolean
  readonly signedIn: SignedIn
  /** The roles that the provider offers; `undefined` where only AWS knows. */
  readonly roles: readonly Role[] | undefined
}

/**
 * Signs in as the draft says. Tokens are kept as after any sign-in, so that the user is not asked again once the draft
 * is saved. Nor is the user asked if a trial `before` it, with other settings, left a usable sign-in.
 */
export async function trySignIn(draft: Draft, deps: SetupDependencies, before?: Trial): Promise<Trial> {
  const {plan, drafted} = await planOf(draft, undefined, deps)
  return deps.locks.hold(plan.providerId, deps.signal, async () => {
    const {providerId, provider} = plan
    const store = before ? inheriting(drafted.store, providerId, before.providerId) : drafted.store
    const signedIn = await signIn(plan, options(deps), {...drafted, store})
    const others = Object.values(deps.configuration.providers)
    const shared = others.some(({written}) => isDeepStrictEqual(written, provider.written))
    const {identity} = signedIn
    return {providerId, shared, signedIn, roles: identity.assigned ? undefined : await allRolesOf(identity, deps)}
  })
}

/** The store with each entry that the provider `heir` lacks copied from the provider `from` when it is read. */
function inheriting(store: Store, heir: string, from: string): Store {
  return {
    ...store,
    async read(key) {
      const own = await store.read(key)
      const inherited = own || !key.startsWith(`${heir}/`) ? undefined : await store.read(from + key.slice(heir.length))
      if (inherited) await store.write(key, inherited.value, inherited.expiresAt)
      return own ?? inherited
    },
  }
}

/** Whether a profile needs no role: the provider has a default, or chooses the role itself. */
export function needsNoRole({answers}: Draft, {signedIn}: Trial): boolean {
  return answers.has('defaultRole') || signedIn.identity.assigned !== undefined
}

/** Gets credentials of the profile's role with the trial's sign-in. Resolves with the role that AWS gave. */
export async function tryRole(
  draft: Draft,
  profile: DraftProfile,
  {signedIn}: Trial,
  deps: SetupDependencies,
): Promise<string> {
  const {plan, drafted} = await planOf(draft, profile, deps)
  return deps.locks.hold(lockOf(lastStep(plan).key), deps.signal, async () => {
    const {issued} = await obtain(plan, {...options(deps), anew: true, signedIn}, drafted)
    return issued.role
  })
}

/** Forgets the sign-in of a draft that is not saved, unless a configured provider shares it. */
export async function forgetTrial({providerId, shared}: Trial, {store}: Pick<Dependencies, 'store'>): Promise<void> {
  if (!shared) await store.clear(`${providerId}/`)
}

function options({signal}: Pick<Dependencies, 'signal'>) {
  return {fresh: false, forgetful: false, silent: false, probe: true, signal}
}

async function planOf(
  draft: Draft,
  profile: DraftProfile | undefined,
  deps: SetupDependencies,
): Promise<{readonly plan: Plan; readonly drafted: SetupDependencies}> {
  const configuration = await deps.draftConfiguration(() => editsFor(draft, profile))
  // No state is kept: nobody waits for a draft's provider, and its failures say nothing of the one saved later.
  const states = fileStates({
    folder: undefined,
    readText: async () => undefined,
    replace: async () => undefined,
    exclusively: (_, work) => work(),
  })
  const drafted = {...deps, configuration, states, keyring: withTyped(draft.secrets, deps.keyring)}
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
