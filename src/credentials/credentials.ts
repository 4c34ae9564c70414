import {lockOf} from '../cache/keys.ts'
import {credentialsFrom} from '../contract/credentials.ts'
import {failureMeanwhile, signInScope} from '../coordination/brake.ts'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import {shownName} from '../text/printable.ts'
import type {CredentialsDependencies, Dependencies, SignInDependencies} from './dependencies.ts'
import {type Issued, isFresh, isUsable, readIssued} from './issued.ts'
import {noting} from './last-problem.ts'
import {withAccountNumber} from './named-account.ts'
import type {Obtained, ObtainOptions} from './obtain.ts'
import {firstApplicable, lastStep, type Plan, type ProfileRequest, plansFor} from './plan.ts'

export interface CredentialsRequest extends ProfileRequest {
  /** Ignores cached credentials, but not a remembered sign-in. */
  readonly force: boolean
  /** For a caller that can't come back soon, such as a shell: in the soft margin, the user may be asked to sign in. */
  readonly lasting: boolean
}

const silentLimitMilliseconds = 5_000
const silentPauseMilliseconds = 60_000

/**
 * Credentials for a request: from the cache, by silent renewal, or after a sign-in. The first applicable provider
 * serves; any failure other than NOT_APPLICABLE ends the search.
 */
export async function credentialsFor(asked: CredentialsRequest, deps: CredentialsDependencies): Promise<Issued> {
  const request = await withAccountNumber(asked, deps)
  const plans = plansFor(request, deps)
  return firstApplicable(plans, async plan => {
    const issued = whole(await fromPlan(plan, request, deps))
    // With several providers, each call finds out anew which one applies.
    if (plans.length === 1) await deps.onIssued(plan, request, issued)
    return issued
  })
}

/** Throws BAD_RESPONSE for credentials that would spoil the document or variables they are put into, whoever made them. */
function whole(issued: Issued): Issued {
  try {
    return {...issued, credentials: credentialsFrom(issued.credentials, `the answer for ${issued.role}`)}
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AwsOidcError('BAD_RESPONSE', `${reason}.`, {cause: error, hint: 'aws-oidc doctor'})
  }
}

async function fromPlan(plan: Plan, {force, lasting}: CredentialsRequest, deps: SignInDependencies): Promise<Issued> {
  const {clock, asking} = deps
  const cached = force ? undefined : await cachedFor(plan, deps)
  if (!cached || !isUsable(cached, clock.now())) return waitAndObtain(plan, force, deps)
  if (isFresh(cached, clock.now())) return cached
  if (!lasting || !asking.interactive) return (await renewQuietly(plan, deps)) ?? cached
  try {
    return await waitAndObtain(plan, force, deps)
  } catch (error) {
    if (deps.signal.aborted || !expectedFailure(error)) throw error
    // The old ones still work.
    return cached
  }
}

/** One sign-in however many ask: a call that waited takes what the lock's holder obtained, or fails as it failed. */
async function waitAndObtain(plan: Plan, force: boolean, deps: SignInDependencies): Promise<Issued> {
  const {states, locks, clock, signal} = deps
  const before = await states.read(plan.providerId)
  return locks.hold(lockOf(lastStep(plan).key), signal, async () => {
    const cached = force ? undefined : await cachedFor(plan, deps)
    if (cached && isFresh(cached, clock.now())) return cached
    const scopes = [signInScope, ...plan.steps.map(({key}) => key)]
    const failure = failureMeanwhile(before, await states.read(plan.providerId), scopes)
    if (failure) throw failure
    return noting(plan, deps, async () => {
      const options = {fresh: false, forgetful: false, anew: force, silent: false, before, signal}
      const obtained = await obtain(plan, options, deps)
      announce(obtained, plan, deps)
      return obtained.issued
    })
  })
}

/** Renews credentials that still work, silently: within five seconds, once a minute, never waiting for the lock. */
async function renewQuietly(plan: Plan, deps: SignInDependencies): Promise<Issued | undefined> {
  const {states, locks, clock, log, signal} = deps
  const key = lastStep(plan).key
  return locks.holdIfFree(lockOf(key), async () => {
    const cached = await cachedFor(plan, deps)
    if (cached && isFresh(cached, clock.now())) return cached
    const tried = (await states.read(plan.providerId)).renewals[key]
    const now = clock.now()
    if (tried && tried <= now && now.getTime() - tried.getTime() < silentPauseMilliseconds) return undefined
    const noted = await states.change(plan.providerId, state => ({
      ...state,
      renewals: withRenewal(state.renewals, key, now),
    }))
    // If the attempt can't be noted, nothing can be kept either: each call would renew, and lose the result.
    if (!noted) return undefined
    const limit = clock.limit(
      silentLimitMilliseconds,
      new AwsOidcError('TIMED_OUT', 'The renewal took too long.'),
      signal,
    )
    try {
      return (
        await obtain(plan, {fresh: false, forgetful: false, anew: false, silent: true, signal: limit.signal}, deps)
      ).issued
    } catch (error) {
      if (signal.aborted) throw error
      log.debug(`silent renewal failed: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    } finally {
      limit.cancel()
    }
  })
}

function withRenewal(renewals: Readonly<Record<string, Date>>, key: string, now: Date): Record<string, Date> {
  const alive = Object.entries(renewals).filter(([, at]) => now.getTime() - at.getTime() < silentPauseMilliseconds)
  return {...Object.fromEntries(alive), [key]: now}
}

/** Loads the code that talks to providers and AWS on demand: loading takes longer than a whole call from the cache. */
async function obtain(plan: Plan, options: ObtainOptions, deps: SignInDependencies): Promise<Obtained> {
  return (await import('./obtain.ts')).obtain(plan, options, deps)
}

/** Tells a user who was asked to sign in what it was for. */
function announce({issued, signedIn}: Obtained, {provider}: Plan, {tell}: Pick<Dependencies, 'tell'>): void {
  if (!signedIn?.asked) return
  const subject = shownName(signedIn.identity.subject)
  const who = subject === undefined ? '' : ` as ${subject}`
  tell(`Signed in${who} at ${provider.name}; the role is ${issued.role}.`)
}

function cachedFor(plan: Plan, {store, secrets}: Pick<Dependencies, 'store' | 'secrets'>): Promise<Issued | undefined> {
  return readIssued(store, lastStep(plan).key, secrets)
}
