import {afterSignIn, afterSignInFailure, brakeOf, withFailure} from '../brake.ts'
import {hostSettings} from '../config/read.ts'
import {readSettings, resolveSecret} from '../config/settings.ts'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import {hostFor} from '../host/host.ts'
import {memoryOf} from '../host/memory.ts'
import {parseObject, readObject} from '../json.ts'
import {memoryKey} from '../keys.ts'
import {timeLimitError} from '../oauth/browser-sign-in.ts'
import type {Identity} from '../plugin.ts'
import type {ProviderState} from '../state.ts'
import {offsetSaidOnce} from './clock-offset.ts'
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
  const deadline = new Date(clock.now().getTime() + limitMilliseconds)
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
      fetch: fetchWithin(limit.signal, parts),
      offsetTo: url => offsetSaidOnce(url, parts),
      now: clock.now,
      sleep: clock.sleep,
      signal: limit.signal,
      fresh: options.fresh,
      deadline,
      chooseFlow: parts.flowFor(provider),
      openBrowser: (url, how) => parts.openBrowser(url, {...how, program: provider.browser}),
      askUntil: parts.asking.mayRead ? parts.askUntil : undefined,
      onAsking: () => {
        asked = true
      },
    })
    const identity = await strategy.signIn(settings, host)
    await forgetOthers(plan, identity, () => memory.restore(), parts)
    if (asked && state.signInFailures.length > 0) await states.change(providerId, afterSignIn)
    return {identity: guarded(identity, error => asOurs(error, plan, parts)), asked}
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
  return {provider: provider.name, locate: configuration.locate, alsoKnown: hostSettings}
}

/**
 * The network door within the time limit. Only a GET is abandoned: a refresh that the provider has carried out and
 * whose answer nobody reads has spent the refresh token for nothing.
 */
function fetchWithin(limit: AbortSignal, {network}: Parts): typeof globalThis.fetch {
  return (input, init = {}) => {
    if (init.method !== undefined && init.method !== 'GET') return network.fetch(input, init)
    return network.fetch(input, {...init, signal: init.signal ? AbortSignal.any([init.signal, limit]) : limit})
  }
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

/** Another person's tokens and credentials go when somebody else signs in. */
async function forgetOthers(
  {providerId}: Plan,
  identity: Identity,
  restore: () => Promise<void>,
  parts: Parts,
): Promise<void> {
  if (identity.keep === 'never') return
  const earlier = await rememberedPerson(providerId, parts)
  if (earlier && idOf(earlier) !== idOf(identity)) {
    // What can't be removed is no reason to throw the new sign-in away.
    await parts.store.clear(`${providerId}/`).catch((error: AwsOidcError) => parts.log.warn(error.message))
    await restore()
  }
  const {subject, claims} = identity
  const until = new Date(parts.clock.now().getTime() + 365 * 86_400_000)
  await parts.store.write(memoryKey(providerId, 'person'), JSON.stringify({subject, claims}), until)
}

/** `iss` and `sub` tell people apart for good (OpenID Connect Core 1.0, 5.7); a name or an address may change hands. */
function idOf({subject, claims}: Pick<Identity, 'subject' | 'claims'> | Person): string {
  return JSON.stringify(claims?.sub === undefined ? [subject] : [claims.iss, claims.sub])
}

/** Who signed in last, for whoever needs the name without a sign-in. */
export async function rememberedPerson(providerId: string, {store}: Parts): Promise<Person | undefined> {
  const entry = await store.read(memoryKey(providerId, 'person'))
  return entry && parsePerson(entry.value)
}

function parsePerson(text: string): Person {
  const {subject, claims} = parseObject(text)
  return {
    subject: typeof subject === 'string' ? subject : undefined,
    claims: claims === undefined ? undefined : readObject(claims),
  }
}

/** What a strategy does later may fail too, and is as much its own failure. */
function guarded(identity: Identity, explain: (error: unknown) => AwsOidcError): Identity {
  const {subject, claims, expiresAt, keep, roles} = identity
  const explained = async <Result>(work: () => Promise<Result>) => {
    try {
      return await work()
    } catch (error) {
      throw explain(error)
    }
  }
  return {
    ...(subject !== undefined && {subject}),
    ...(claims && {claims}),
    ...(expiresAt && {expiresAt}),
    ...(keep && {keep}),
    ...(roles && {roles: () => explained(() => roles.call(identity))}),
    proofFor: role => explained(() => identity.proofFor(role)),
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
