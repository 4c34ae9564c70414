import {
  afterSignIn,
  afterSignInFailure,
  brakeOf,
  hasFailure,
  signInScope,
  withFailure,
  withoutFailure,
} from '../coordination/brake.ts'
import type {ProviderState} from '../coordination/state.ts'
import type {AwsOidcError} from '../errors.ts'
import {when} from '../formats/when.ts'
import {memoryOf} from '../host/memory.ts'
import {timeLimitError} from '../oauth/browser-sign-in.ts'
import type {Identity} from '../plugin.ts'
import {withGrace} from '../strategy/grace.ts'
import {madeThrough} from '../strategy/identity-calls.ts'
import {limited} from '../strategy/limited-identity.ts'
import type {Asking, Dependencies, SignInDependencies} from './dependencies.ts'
import {withFitRoles} from './offered-identity.ts'
import type {Plan} from './plan.ts'
import {asProviderFailure, openProvider} from './provider-host.ts'
import {idOf, noteDeparture, rememberedUser, rememberUser} from './remembered-user.ts'

export interface SignInOptions {
  /** Whether AWS has refused what was remembered. */
  readonly fresh: boolean
  /** Whether to ask the user even if something remembered would do. */
  readonly forgetful: boolean
  /** A silent renewal: nobody waits for it, so its failure concerns nobody else. */
  readonly silent: boolean
  /** Whether the user has asked to sign in: if a renewal fails for now, sign in anew. */
  readonly insists?: boolean
  readonly signal: AbortSignal
  /** Whether to check first that the provider has a page to sign in at, as when its settings have never been tried. */
  readonly probe?: boolean
}

export interface SignedIn {
  readonly identity: Identity
  /** Whether the user was asked for it. */
  readonly asked: boolean
  /** The state's `departures` by then (see coordination/state.ts). */
  readonly departures: number
}

const limitMilliseconds = 5 * 60_000

/** Signs in at the plan's provider. Call it while holding the provider's lock. */
export async function signIn(plan: Plan, options: SignInOptions, deps: SignInDependencies): Promise<SignedIn> {
  const {provider, providerId} = plan
  const {clock, states, log} = deps
  const state = await states.read(providerId)
  const deadline = new Date(clock.now().getTime() + limitMilliseconds)
  const limit = clock.limit(limitMilliseconds, timeLimitError(provider.name), options.signal)
  const memory = memoryOf(providerId, deps.store, {
    forgetful: options.forgetful,
    makeFolder: () => deps.makeBrowserFolder(providerId),
  })
  let asked = false
  try {
    await deps.store.ready()
    const use = {
      ...askingNow(plan, state, options, deps),
      memory,
      signal: limit.signal,
      fresh: options.fresh,
      insists: options.insists,
      probe: options.probe ?? false,
      deadline,
      onAsking: () => {
        asked = true
      },
    }
    const {strategy, settings, host} = await openProvider(plan, use, deps)
    const identity = await withGrace(strategy.signIn(settings, host), limit.signal, clock)
    await forgetOthers(plan, identity, () => memory.restore(), deps)
    if (hasFailure(state, signInScope) || (asked && state.signInFailures.length > 0)) {
      await states.change(providerId, now => (asked ? afterSignIn(now) : withoutFailure(now, signInScope)))
    }
    const {departures} = await states.read(providerId)
    const owner = deps.registry.ownerOf(provider.strategy)
    const limiting = {strategy: provider.strategy, owner, clock, signal: options.signal}
    return {identity: limited(guarded(identity, plan, deps), limiting), asked, departures}
  } catch (error) {
    const failure = asProviderFailure(error, plan, deps)
    log.debug(`sign-in at ${provider.name} failed: ${failure.message}`)
    if (failure.code === 'SIGN_IN_REQUIRED' && !options.forgetful) await noteSignInEnded(providerId, deps)
    if (!options.silent) await recordFailure(failure, asked, plan, deps)
    throw failure
  } finally {
    limit.cancel()
  }
}

/** Whether the user may be asked now; if not, why, and what to type. */
function askingNow(
  {loginCommand}: Plan,
  {signInFailures}: ProviderState,
  {silent}: SignInOptions,
  {asking, clock}: Pick<Dependencies, 'clock' | 'asking'>,
) {
  const held = asking.ignoresBrake || asking.attended ? undefined : brakeOf(signInFailures, clock.now())
  const braked =
    held?.kind === 'login'
      ? 'The last two sign-ins failed; programs may not ask again.'
      : held && `The last sign-in failed; programs may ask again at ${when(held.until, clock.now())}.`
  const unreachable = {hint: loginByHand(loginCommand, asking), why: braked ?? asking.nobody?.why}
  return {interactive: asking.interactive && !held && !silent, unreachable}
}

/** The command that leads to a sign-in where this call can't ask: never the one just typed. */
function loginByHand(loginCommand: string, {byLogin, nobody, mayRead}: Asking): string {
  if (!byLogin) return loginCommand
  if (!nobody) return mayRead ? loginCommand : `${loginCommand}, on a terminal`
  return nobody.allowedBy === undefined ? loginCommand : `AWS_OIDC_INTERACTIVE=${nobody.allowedBy} ${loginCommand}`
}

/** Remembers the user. If somebody else was signed in before, their tokens and credentials are removed. */
async function forgetOthers(
  {providerId}: Plan,
  identity: Identity,
  restore: () => Promise<void>,
  deps: SignInDependencies,
): Promise<void> {
  if (identity.keep === 'never') return
  const earlier = await rememberedUser(providerId, deps)
  const {subject, claims, expiresAt: until, renewable = false} = identity
  const user = {subject, claims, until, renewable}
  if (earlier && idOf(earlier) !== idOf(identity)) {
    // This comes first: a call that is asking AWS for the earlier user sees by it that it may keep nothing.
    await noteDeparture(providerId, deps)
    // A failure to remove old entries must not lose the new sign-in.
    await deps.store.clear(`${providerId}/`).catch((error: AwsOidcError) => deps.log.warn(error.message))
    await restore()
  }
  await rememberUser(providerId, user, deps)
}

/** Notes that the remembered sign-in no longer works. */
async function noteSignInEnded(providerId: string, deps: Pick<Dependencies, 'store' | 'clock'>): Promise<void> {
  const user = await rememberedUser(providerId, deps)
  if (user?.renewable) await rememberUser(providerId, {...user, until: undefined, renewable: false}, deps)
}

/** The identity, with its roles as we take them, and errors of its later calls treated like those of the sign-in. */
function guarded(identity: Identity, plan: Plan, deps: SignInDependencies): Identity {
  return madeThrough(withFitRoles(identity, plan.provider.name, deps), async (_, call) => {
    try {
      return await call()
    } catch (error) {
      throw asProviderFailure(error, plan, deps)
    }
  })
}

async function recordFailure(
  failure: AwsOidcError,
  asked: boolean,
  {providerId}: Plan,
  {states, clock, asking}: Pick<Dependencies, 'states' | 'clock' | 'asking'>,
): Promise<void> {
  const interrupted = failure.code === 'INTERRUPTED' || failure.code === 'TERMINATED'
  // Another call that waits may be able to ask although this one was not, or find its provider applicable.
  if (!asked && (interrupted || failure.code === 'SIGN_IN_REQUIRED' || failure.code === 'NOT_APPLICABLE')) return
  // A user who typed a command to sign in may change their mind; a program would go on asking.
  if (interrupted && asking.byLogin) return
  const shared = interrupted
    ? {
        scope: signInScope,
        code: 'SIGN_IN_REFUSED' as const,
        message: 'The sign-in was given up.',
        hint: 'aws-oidc login',
      }
    : {scope: signInScope, code: failure.code, message: failure.message, hint: failure.hint}
  await states.change(providerId, state => {
    const braked = asked ? afterSignInFailure(state, failure.code, clock.now()) : state
    return withFailure(braked, shared)
  })
}
