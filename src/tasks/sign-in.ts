import {afterSignIn, afterSignInFailure, brakeOf, withFailure} from '../brake.ts'
import type {AwsOidcError} from '../errors.ts'
import {when} from '../formats/when.ts'
import {memoryOf} from '../host/memory.ts'
import {parseObject, readDate, readObject} from '../json.ts'
import {memoryKey} from '../keys.ts'
import {timeLimitError} from '../oauth/browser-sign-in.ts'
import type {Identity} from '../plugin.ts'
import type {ProviderState} from '../state.ts'
import {withAccountNames} from './account-names.ts'
import type {Asking, Parts} from './parts.ts'
import type {Plan} from './plan.ts'
import {asOurs, openProvider} from './provider-host.ts'

export interface SignInOptions {
  /** Whether AWS has refused what was remembered. */
  readonly fresh: boolean
  /** Whether to ask although something remembered would do. */
  readonly forgetful: boolean
  /** A renewal that nobody waits for: its failure concerns nobody else. */
  readonly quiet: boolean
  readonly signal: AbortSignal
  /** Whether to look first if the provider would let anybody sign in so, as when its settings have never been tried. */
  readonly probe?: boolean
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

/** Who signed in last, and how long that serves. */
export interface RememberedPerson extends Person {
  /** Until when the sign-in works as it is, if known. */
  readonly until: Date | undefined
  /** Whether it can be renewed afterwards without the person, as far as is known. */
  readonly renewable: boolean
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
    await parts.store.ready()
    const use = {
      ...askingNow(plan, state, options, parts),
      memory,
      signal: limit.signal,
      fresh: options.fresh,
      probe: options.probe ?? false,
      deadline,
      onAsking: () => {
        asked = true
      },
    }
    const {strategy, settings, host} = await openProvider(plan, use, parts)
    const identity = await withGrace(strategy.signIn(settings, host), limit.signal, parts)
    await forgetOthers(plan, identity, () => memory.restore(), parts)
    if (asked && state.signInFailures.length > 0) await states.change(providerId, afterSignIn)
    return {identity: guarded(identity, plan, parts), asked}
  } catch (error) {
    const failure = asOurs(error, plan, parts)
    log.debug(`sign-in at ${provider.name} failed: ${failure.message}`)
    if (failure.code === 'SIGN_IN_REQUIRED' && !options.forgetful) await noteSignInEnded(providerId, parts)
    if (!options.quiet) await recordFailure(failure, asked, plan, parts)
    throw failure
  } finally {
    limit.cancel()
  }
}

// A refresh that is on its way when the time is over still gets its answer, and keeps it.
const graceMilliseconds = 20_000

/** Work that does not heed its signal is left alone, a little later. */
async function withGrace<Result>(work: Promise<Result>, signal: AbortSignal, {clock}: Parts): Promise<Result> {
  const {promise: overstayed, reject} = Promise.withResolvers<never>()
  let end: () => void = () => undefined
  const begin = () => {
    const grace = clock.limit(graceMilliseconds, signal.reason)
    grace.signal.addEventListener('abort', () => reject(grace.signal.reason), {once: true})
    end = grace.cancel
  }
  signal.addEventListener('abort', begin, {once: true})
  try {
    return await Promise.race([work, overstayed])
  } finally {
    signal.removeEventListener('abort', begin)
    end()
  }
}

/** Whether a person may be asked now; if not, why, and what to type. */
function askingNow(
  {loginCommand}: Plan,
  {signInFailures}: ProviderState,
  {quiet}: SignInOptions,
  {asking, clock}: Parts,
) {
  const held = asking.ignoresBrake || asking.attended ? undefined : brakeOf(signInFailures, clock.now())
  const braked =
    held?.kind === 'login'
      ? 'The last two sign-ins failed; programs may not ask again.'
      : held && `The last sign-in failed; programs may ask again at ${when(held.until, clock.now())}.`
  const unreachable = {hint: loginByHand(loginCommand, asking), why: braked ?? asking.nobody?.why}
  return {interactive: asking.interactive && !held && !quiet, unreachable}
}

/** What leads to a sign-in where this call can't: never what was just typed. */
function loginByHand(loginCommand: string, {byLogin, nobody, mayRead}: Asking): string {
  if (!byLogin) return loginCommand
  if (!nobody) return mayRead ? loginCommand : `${loginCommand}, on a terminal`
  return nobody.allowedBy === undefined ? loginCommand : `AWS_OIDC_INTERACTIVE=${nobody.allowedBy} ${loginCommand}`
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
  const {subject, claims, expiresAt: until, renewable = false} = identity
  await rememberPerson(providerId, {subject, claims, until, renewable}, parts)
}

async function rememberPerson(providerId: string, person: RememberedPerson, {store, clock}: Parts): Promise<void> {
  const kept = new Date(clock.now().getTime() + 365 * 86_400_000)
  await store.write(memoryKey(providerId, 'person'), JSON.stringify(person), kept)
}

/** What is remembered turned out to serve no longer. */
async function noteSignInEnded(providerId: string, parts: Parts): Promise<void> {
  const person = await rememberedPerson(providerId, parts)
  if (person?.renewable) await rememberPerson(providerId, {...person, until: undefined, renewable: false}, parts)
}

/** `iss` and `sub` tell people apart for good (OpenID Connect Core 1.0, 5.7); a name or an address may change hands. */
function idOf({subject, claims}: Pick<Identity, 'subject' | 'claims'> | Person): string {
  return JSON.stringify(claims?.sub === undefined ? [subject] : [claims.iss, claims.sub])
}

/** Who signed in last, for whoever needs the name without a sign-in. */
export async function rememberedPerson(
  providerId: string,
  {store}: Pick<Parts, 'store'>,
): Promise<RememberedPerson | undefined> {
  const entry = await store.read(memoryKey(providerId, 'person'))
  return entry && parsePerson(entry.value)
}

/** Whether somebody is remembered, which can be told without opening what is kept. */
export async function keepsPerson(
  providerId: string,
  {store, clock}: Pick<Parts, 'store' | 'clock'>,
): Promise<boolean> {
  const end = await store.endOf(memoryKey(providerId, 'person'))
  return end !== undefined && end > clock.now()
}

function parsePerson(text: string): RememberedPerson {
  const {subject, claims, until, renewable} = parseObject(text)
  return {
    until: readDate(until),
    renewable: renewable === true,
    subject: typeof subject === 'string' ? subject : undefined,
    claims: claims === undefined ? undefined : readObject(claims),
  }
}

/** What a strategy does later may fail too, and is as much its own failure. */
function guarded(identity: Identity, plan: Plan, parts: Parts): Identity {
  const {subject, claims, expiresAt, keep, roles} = identity
  const explained = async <Result>(work: () => Promise<Result>) => {
    try {
      return await work()
    } catch (error) {
      throw asOurs(error, plan, parts)
    }
  }
  return {
    ...(subject !== undefined && {subject}),
    ...(claims && {claims}),
    ...(expiresAt && {expiresAt}),
    ...(keep && {keep}),
    ...(roles && {
      roles: () => explained(async () => withAccountNames(await roles.call(identity), parts.configuration)),
    }),
    proofFor: role => explained(() => identity.proofFor(role)),
  }
}

async function recordFailure(
  failure: AwsOidcError,
  asked: boolean,
  {providerId}: Plan,
  {states, clock, asking}: Parts,
): Promise<void> {
  const interrupted = failure.code === 'INTERRUPTED' || failure.code === 'TERMINATED'
  // Whoever waits may be able to ask although this caller was not, or find its provider applicable.
  if (!asked && (interrupted || failure.code === 'SIGN_IN_REQUIRED' || failure.code === 'NOT_APPLICABLE')) return
  // Whoever typed a command to sign in may think better of it; a program that goes on asking is another matter.
  if (interrupted && asking.byLogin) return
  const shared = interrupted
    ? {scope: 'sign-in', code: 'SIGN_IN_REFUSED' as const, message: 'The sign-in was given up.', hint: 'aws-oidc login'}
    : {scope: 'sign-in', code: failure.code, message: failure.message, hint: failure.hint}
  await states.change(providerId, state => {
    const braked = asked ? afterSignInFailure(state, failure.code, clock.now()) : state
    return withFailure(braked, shared)
  })
}
