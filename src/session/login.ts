import {lockOf} from '../cache/keys.ts'
import {afterSignIn} from '../coordination/brake.ts'
import type {Dependencies, SignInDependencies} from '../credentials/dependencies.ts'
import {isFresh, readIssued} from '../credentials/issued.ts'
import {noting} from '../credentials/last-problem.ts'
import {type Obtained, type ObtainOptions, obtain} from '../credentials/obtain.ts'
import {firstApplicable, lastStep, type Plan, plansFor} from '../credentials/plan.ts'
import {rememberedUser} from '../credentials/remembered-user.ts'
import {type SignedIn, signIn} from '../credentials/sign-in.ts'
import {chooseProvider, type Target} from '../credentials/target.ts'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import {type Printable, shownName} from '../text/printable.ts'

export interface LoginRequest extends Target {
  /** Ask the user even if something remembered would do, which is replaced only on success. */
  readonly force: boolean
  /** Ask the user only if `creds` would have to. */
  readonly ifNeeded: boolean
}

export interface LoginResult {
  readonly provider: string
  readonly subject: Printable | undefined
  /** Whether the user was asked for it. */
  readonly asked: boolean
  /** Absent if neither the configuration nor the provider names a role. */
  readonly role?: string
  readonly credentialsUntil?: Date
}

export interface LoginFailure {
  readonly provider: string
  readonly error: AwsOidcError
}

/** Signs in now, and gets the role's credentials if there is a role. */
export async function login(request: LoginRequest, parts: SignInDependencies): Promise<LoginResult> {
  const target = await chooseProvider(request, 'login', parts)
  return firstApplicable(plansFor(target, parts), plan =>
    parts.locks.hold(lockOf(lastStep(plan).key), parts.signal, () =>
      noting(plan, parts, () => (request.ifNeeded ? loginIfNeeded(plan, parts) : loginNow(plan, request.force, parts))),
    ),
  )
}

/** Signs in at every provider in turn; a failure at one does not stop the others. */
export async function loginEverywhere(
  request: Pick<LoginRequest, 'force' | 'ifNeeded'>,
  parts: SignInDependencies,
): Promise<readonly (LoginResult | LoginFailure)[]> {
  const outcomes: (LoginResult | LoginFailure)[] = []
  for (const provider of Object.keys(parts.configuration.providers)) {
    try {
      outcomes.push(await login({...request, provider, usualProfile: ''}, parts))
    } catch (error) {
      const failure = expectedFailure(error)
      if (!failure || parts.signal.aborted) throw error
      outcomes.push({provider, error: failure})
    }
  }
  return outcomes
}

async function loginIfNeeded(plan: Plan, parts: SignInDependencies): Promise<LoginResult> {
  const {store, secrets, clock, asking} = parts
  const cached = await readIssued(store, lastStep(plan).key, secrets)
  if (cached && isFresh(cached, clock.now())) return resultOf(plan, {issued: cached}, parts)
  const unattended = {...parts, asking: {...asking, interactive: false, mayRead: false}}
  try {
    return await loginAt(plan, {...usual(parts), anew: false}, unattended)
  } catch (error) {
    if (!(error instanceof AwsOidcError) || error.code !== 'SIGN_IN_REQUIRED') throw error
    return loginNow(plan, false, parts)
  }
}

function loginNow(plan: Plan, force: boolean, parts: SignInDependencies): Promise<LoginResult> {
  return loginAt(plan, {...usual(parts), forgetful: force}, parts)
}

function usual({signal}: Pick<Dependencies, 'signal'>): ObtainOptions {
  return {fresh: false, forgetful: false, anew: true, quiet: false, insists: true, signal}
}

async function loginAt(plan: Plan, options: ObtainOptions, parts: SignInDependencies): Promise<LoginResult> {
  if (plan.steps[0].role) return released(plan, await obtain(plan, options, parts), parts)
  // Without a role in sight there is nothing to get from AWS; being signed in is the result.
  const {signedIn, roles} = await parts.locks.hold(plan.providerId, parts.signal, async () => {
    const signedIn = await signIn(plan, options, parts)
    return {signedIn, roles: await signedIn.identity.roles?.()}
  })
  if (!roles || (roles.length > 1 && !parts.asking.mayRead)) return released(plan, {signedIn}, parts)
  return released(plan, await obtain(plan, {...options, forgetful: false, signedIn}, parts), parts)
}

/** Releases the brake after a sign-in; roles that AWS refused are released when it grants them. */
async function released(
  plan: Plan,
  outcome: Outcome,
  parts: Pick<Dependencies, 'store' | 'states'>,
): Promise<LoginResult> {
  await parts.states.change(plan.providerId, afterSignIn)
  return resultOf(plan, outcome, parts)
}

type Outcome = Partial<Obtained> & {readonly signedIn?: SignedIn | undefined}

async function resultOf(
  plan: Plan,
  {signedIn, issued}: Outcome,
  parts: Pick<Dependencies, 'store'>,
): Promise<LoginResult> {
  const person = signedIn?.identity ?? (await rememberedUser(plan.providerId, parts))
  return {
    provider: plan.provider.name,
    subject: shownName(person?.subject),
    asked: signedIn?.asked ?? false,
    ...(issued && {role: issued.role, credentialsUntil: issued.expiresAt}),
  }
}
