import {afterSignIn} from '../brake.ts'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import {type Printable, shownName} from '../printable.ts'
import {isFresh, readIssued} from './issued.ts'
import {noting} from './last-problem.ts'
import {type Obtained, type ObtainOptions, obtain} from './obtain.ts'
import type {Parts} from './parts.ts'
import {firstApplicable, lastStep, type Plan, plansFor} from './plan.ts'
import {rememberedPerson, type SignedIn, signIn} from './sign-in.ts'
import {chooseProvider, type Target} from './target.ts'

export interface LoginWish extends Target {
  /** Ask although something remembered would do. It is replaced only on success. */
  readonly force: boolean
  /** Do nothing while `creds` would need nobody. */
  readonly ifNeeded: boolean
}

export interface LoginResult {
  readonly provider: string
  readonly subject: Printable | undefined
  /** Whether a person was asked for it. */
  readonly asked: boolean
  /** Absent where neither configuration nor provider names a role. */
  readonly role?: string
  readonly credentialsUntil?: Date
}

export interface LoginFailure {
  readonly provider: string
  readonly error: AwsOidcError
}

/** Signs in now, and gets the credentials of the role where there is one. */
export async function login(wish: LoginWish, parts: Parts): Promise<LoginResult> {
  const target = await chooseProvider(wish, 'login', parts)
  return firstApplicable(plansFor(target, parts), plan =>
    parts.locks.hold(plan.providerId, parts.signal, () =>
      noting(plan, parts, () => (wish.ifNeeded ? loginIfNeeded(plan, parts) : loginNow(plan, wish.force, parts))),
    ),
  )
}

/** Signs in at every provider in turn; one that fails keeps none of the others from it. */
export async function loginEverywhere(
  wish: Pick<LoginWish, 'force' | 'ifNeeded'>,
  parts: Parts,
): Promise<readonly (LoginResult | LoginFailure)[]> {
  const outcomes: (LoginResult | LoginFailure)[] = []
  for (const provider of Object.keys(parts.configuration.providers)) {
    try {
      outcomes.push(await login({...wish, provider, usualProfile: ''}, parts))
    } catch (error) {
      const failure = expectedFailure(error)
      if (!failure || parts.signal.aborted) throw error
      outcomes.push({provider, error: failure})
    }
  }
  return outcomes
}

async function loginIfNeeded(plan: Plan, parts: Parts): Promise<LoginResult> {
  const {store, secrets, clock, asking} = parts
  const cached = await readIssued(store, lastStep(plan).key, secrets)
  if (cached && isFresh(cached, clock.now())) return resultOf(plan, {issued: cached}, parts)
  const unattended = {...parts, asking: {...asking, interactive: false, mayRead: false}}
  try {
    return await loginAt(plan, {...usual(parts), anew: false}, unattended)
  } catch (error) {
    if (!mayBeMended(error, parts)) throw error
    return loginNow(plan, false, parts)
  }
}

/** Whether a person who signs in may get what could not be had without them. */
function mayBeMended(error: unknown, {asking, signal}: Parts): boolean {
  if (!(error instanceof AwsOidcError) || signal.aborted) return false
  if (error.code === 'SIGN_IN_REQUIRED') return true
  return asking.interactive && (error.code === 'UNAVAILABLE' || error.code === 'BAD_RESPONSE')
}

function loginNow(plan: Plan, force: boolean, parts: Parts): Promise<LoginResult> {
  return loginAt(plan, {...usual(parts), forgetful: force}, parts)
}

function usual({signal}: Parts): ObtainOptions {
  return {fresh: false, forgetful: false, anew: true, quiet: false, insists: true, signal}
}

async function loginAt(plan: Plan, options: ObtainOptions, parts: Parts): Promise<LoginResult> {
  if (plan.steps[0].role) return released(plan, await obtain(plan, options, parts), parts)
  // Without a role in sight there is nothing to get from AWS; being signed in is the result.
  const signedIn = await signIn(plan, options, parts)
  const roles = await signedIn.identity.roles?.()
  if (!roles || (roles.length > 1 && !parts.asking.mayRead)) return released(plan, {signedIn}, parts)
  return released(plan, await obtain(plan, {...options, forgetful: false, signedIn}, parts), parts)
}

/** A sign-in that worked lets programs ask again; roles that AWS refused are released as they are given. */
async function released(plan: Plan, outcome: Outcome, parts: Parts): Promise<LoginResult> {
  await parts.states.change(plan.providerId, afterSignIn)
  return resultOf(plan, outcome, parts)
}

type Outcome = Partial<Obtained> & {readonly signedIn?: SignedIn | undefined}

async function resultOf(plan: Plan, {signedIn, issued}: Outcome, parts: Parts): Promise<LoginResult> {
  const person = signedIn?.identity ?? (await rememberedPerson(plan.providerId, parts))
  return {
    provider: plan.provider.name,
    subject: shownName(person?.subject),
    asked: signedIn?.asked ?? false,
    ...(issued && {role: issued.role, credentialsUntil: issued.expiresAt}),
  }
}
