import {afterSignIn, afterSignInFailure, brakeOf, withFailure} from '../brake.ts'
import {hostSettings} from '../config/read.ts'
import {readSettings, resolveSecret} from '../config/settings.ts'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import {hostFor} from '../host/host.ts'
import {memoryOf} from '../host/memory.ts'
import {memoryKey} from '../keys.ts'
import {timeLimitError} from '../oauth/browser-sign-in.ts'
import type {Identity} from '../plugin.ts'
import type {ProviderState} from '../state.ts'
import type {Parts} from './parts.ts'
import type {Plan} from './plan.ts'

export interface SignInOptions {
  /** Whether AWS has refused what was remembered. */
  readonly fresh: boolean
  /** Whether to ask although something remembered would do. */
  readonly forgetful: boolean
  /** A renewal that nobody waits for: its failure concerns nobody else. */
  readonly quiet: boolean
  readonly signal: AbortSignal
}

export interface SignedIn {
  readonly identity: Identity
  /** Whether a person was asked for it. */
  readonly asked: boolean
}

export interface Person {
  readonly subject: string | undefined
  readonly claims: Readonly<Record<string, unknown>> | undefined
}

const limitMilliseconds = 5 * 60_000

/** Signs in at the plan's provider. Call it while holding the provider's lock. */
export async function signIn(plan: Plan, options: SignInOptions, parts: Parts): Promise<SignedIn> {
  const {provider, providerId} = plan
  const {clock, states, log} = parts
  const state = await states.read(providerId)
  const limit = clock.limit(limitMilliseconds, timeLimitError(provider.name), options.signal)
  const memory = memoryOf(providerId, parts.store, {
    forgetful: options.forgetful,
    makeFolder: () => parts.makeBrowserFolder(providerId),
  })
  let asked = false
  try {
    const strategy = await parts.registry.strategy(provider.strategy)
    const settings = await readSettings(strategy.settings, provider.own, placeOf(plan, parts), async reference => {
      const secret = await resolveSecret(reference, {env: parts.env, run: parts.output})
      parts.secrets.add(secret)
      return secret
    })
    const host = hostFor({
      ...parts,
      ...askingNow(plan, state, options, parts),
      provider,
      memory,
      fetch: parts.network.fetch,
      offsetTo: url => offsetSaidOnce(url, parts),
      now: clock.now,
      sleep: clock.sleep,
      signal: limit.signal,
      fresh: options.fresh,
      openBrowser: url => parts.openBrowser(url, provider.browser),
      onAsking: () => {
        asked = true
      },
    })
    const identity = await strategy.signIn(settings, host)
    await forgetOthers(plan, identity, () => memory.restore(), parts)
    if (asked && state.signInFailures.length > 0) await states.change(providerId, afterSignIn)
    return {identity, asked}
  } catch (error) {
    const failure = asOurs(error, plan, parts)
    log.debug(`sign-in at ${provider.name} failed: ${failure.message}`)
    if (!options.quiet) await recordFailure(failure, asked, plan, parts)
    throw failure
  } finally {
    limit.cancel()
  }
}

function placeOf({provider}: Plan, {configuration}: Parts) {
  return {provider: provider.name, path: configuration.path, alsoKnown: hostSettings}
}

/** Whether a person may be asked now, and why not where the brake says so. */
function askingNow(
  {loginCommand}: Plan,
  {signInFailures}: ProviderState,
  {quiet}: SignInOptions,
  {asking, clock}: Parts,
) {
  const held = asking.ignoresBrake || asking.attended ? undefined : brakeOf(signInFailures, clock.now())
  const why =
    held?.kind === 'login'
      ? 'The last two sign-ins failed; programs may not ask again.'
      : held && `The last sign-in failed; programs may ask again at ${held.until.toLocaleTimeString()}.`
  return {interactive: asking.interactive && !held && !quiet, unreachable: {hint: loginCommand, why}}
}

const saidOffsets = new WeakSet<Parts['network']>()

/** A clock that is wrong makes tokens look expired or not yet valid; a person should know before they search. */
function offsetSaidOnce(url: URL, {network, log}: Parts): number {
  const offset = network.offsetTo(url)
  if (Math.abs(offset) > 60_000 && !saidOffsets.has(network)) {
    saidOffsets.add(network)
    const minutes = Math.round(Math.abs(offset) / 60_000)
    log.warn(
      `The clock of this machine is ${minutes} min ${offset > 0 ? 'behind' : 'ahead of'} that of ${url.host}. Set it right.`,
    )
  }
  return offset
}

/** Another person's tokens and credentials go when somebody else signs in. */
async function forgetOthers(
  {providerId}: Plan,
  identity: Identity,
  restore: () => Promise<void>,
  parts: Parts,
): Promise<void> {
  if (identity.keep === 'never') return
  const earlier = await rememberedPerson(providerId, parts)
  if (earlier && earlier.subject !== identity.subject) {
    await parts.store.clear(`${providerId}/`)
    await restore()
  }
  const {subject, claims} = identity
  const until = new Date(parts.clock.now().getTime() + 365 * 86_400_000)
  await parts.store.write(memoryKey(providerId, 'person'), JSON.stringify({subject, claims}), until)
}

/** Who signed in last, for whoever needs the name without a sign-in. */
export async function rememberedPerson(providerId: string, {store}: Parts): Promise<Person | undefined> {
  const entry = await store.read(memoryKey(providerId, 'person'))
  if (!entry) return undefined
  const value: unknown = JSON.parse(entry.value)
  const {subject, claims}: Readonly<Record<string, unknown>> =
    value !== null && typeof value === 'object' ? {...value} : {}
  return {
    subject: typeof subject === 'string' ? subject : undefined,
    claims: claims !== null && typeof claims === 'object' ? {...claims} : undefined,
  }
}

/** Errors of plugins are judged by their code; without one, the plugin is named. */
function asOurs(error: unknown, {provider}: Plan, {registry, signal}: Parts): AwsOidcError {
  if (signal.aborted && signal.reason instanceof AwsOidcError) return signal.reason
  const known = expectedFailure(error)
  if (known) return known
  const reason = error instanceof Error ? error.message : String(error)
  const owner = registry.ownerOf(provider.strategy)
  return new AwsOidcError('PLUGIN_FAILED', `The strategy "${provider.strategy}" of ${owner} failed: ${reason}`, {
    cause: error,
  })
}

async function recordFailure(
  failure: AwsOidcError,
  asked: boolean,
  {providerId}: Plan,
  {states, clock}: Parts,
): Promise<void> {
  const interrupted = failure.code === 'INTERRUPTED' || failure.code === 'TERMINATED'
  // Whoever waits may be able to ask although this caller was not, or find its provider applicable.
  if (!asked && (interrupted || failure.code === 'SIGN_IN_REQUIRED' || failure.code === 'NOT_APPLICABLE')) return
  const shared = interrupted
    ? {scope: 'sign-in', code: 'SIGN_IN_REFUSED' as const, message: 'The sign-in was given up.', hint: 'aws-oidc login'}
    : {scope: 'sign-in', code: failure.code, message: failure.message, hint: failure.hint}
  await states.change(providerId, state => {
    const braked = asked ? afterSignInFailure(state, failure.code, clock.now()) : state
    return withFailure(braked, shared)
  })
}
