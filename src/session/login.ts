import {lockOf} from '../cache/keys.ts'
import {afterSignIn} from '../coordination/brake.ts'
import type {Dependencies, SignInDependencies} from '../credentials/dependencies.ts'
import {isFresh, readIssued} from '../credentials/issued.ts'
import {noting} from '../credentials/last-problem.ts'
import {type Obtained, type ObtainOptions, obtain} from '../credentials/obtain.ts'
import {firstApplicable, lastStep, type Plan, plansFor} from '../credentials/plan.ts'
import {rememberedUser} from '../credentials/remembered-user.ts'
import {allRolesOf} from '../credentials/role-list.ts'
import {type SignedIn, signIn} from '../credentials/sign-in.ts'
import {chooseProvider, type Target} from '../credentials/target.ts'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import type {Identity} from '../plugin.ts'
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
export async function login(request: LoginRequest, deps: SignInDependencies): Promise<LoginResult> {
  const target = await chooseProvider(request, 'login', deps)
  return firstApplicable(plansFor(target, deps), plan =>
    deps.locks.hold(lockOf(lastStep(plan).key), deps.signal, () =>
      noting(plan, deps, () => (request.ifNeeded ? loginIfNeeded(plan, deps) : loginNow(plan, request.force, deps))),
    ),
  )
}

/** Signs in at every provider in turn; a failure at one does not stop the others. */
export async function loginEverywhere(
  request: Pick<LoginRequest, 'force' | 'ifNeeded'>,
  deps: SignInDependencies,
): Promise<readonly (LoginResult | LoginFailure)[]> {
  const outcomes: (LoginResult | LoginFailure)[] = []
  for (const provider of Object.keys(deps.configuration.providers)) {
    try {
      outcomes.push(await login({...request, provider, usualProfile: ''}, deps))
    } catch (error) {
      const failure = expectedFailure(error)
      if (!failure || deps.signal.aborted) throw error
      outcomes.push({provider, error: failure})
    }
  }
  return outcomes
}

async function loginIfNeeded(plan: Plan, deps: SignInDependencies): Promise<LoginResult> {
  const {store, secrets, clock, asking} = deps
  const cached = await readIssued(store, lastStep(plan).key, secrets)
  if (cached && isFresh(cached, clock.now())) return resultOf(plan, {issued: cached}, deps)
  const unattended = {...deps, asking: {...asking, interactive: false, mayRead: false}}
  try {
    return await loginAt(plan, {...usual(deps), anew: false}, unattended)
  } catch (error) {
    if (!(error instanceof AwsOidcError) || error.code !== 'SIGN_IN_REQUIRED') throw error
    return loginNow(plan, false, deps)
  }
}

function loginNow(plan: Plan, force: boolean, deps: SignInDependencies): Promise<LoginResult> {
  return loginAt(plan, {...usual(deps), forgetful: force}, deps)
}

function usual({signal}: Pick<Dependencies, 'signal'>): ObtainOptions {
  return {fresh: false, forgetful: false, anew: true, silent: false, insists: true, signal}
}

async function loginAt(plan: Plan, options: ObtainOptions, deps: SignInDependencies): Promise<LoginResult> {
  if (plan.steps[0].role) return released(plan, await obtain(plan, options, deps), deps)
  // Without a role in sight there is nothing to get from AWS; being signed in is the result.
  const {signedIn, roleIsClear} = await deps.locks.hold(plan.providerId, deps.signal, async () => {
    const signedIn = await signIn(plan, options, deps)
    return {signedIn, roleIsClear: await isRoleClear(signedIn.identity, deps)}
  })
  if (!roleIsClear) return released(plan, {signedIn}, deps)
  return released(plan, await obtain(plan, {...options, forgetful: false, signedIn}, deps), deps)
}

/** Whether the provider chooses the role, or offers roles of which the user can choose one here. */
async function isRoleClear(
  identity: Identity,
  deps: Pick<Dependencies, 'asking' | 'signal' | 'progress' | 'log'>,
): Promise<boolean> {
  if (identity.assigned) return true
  const offered = await allRolesOf(identity, deps)
  return offered !== undefined && (offered.length <= 1 || deps.asking.mayRead)
}

/** Releases the brake after a sign-in; roles that AWS refused are released when it grants them. */
async function released(
  plan: Plan,
  outcome: Outcome,
  deps: Pick<Dependencies, 'store' | 'states'>,
): Promise<LoginResult> {
  await deps.states.change(plan.providerId, afterSignIn)
  return resultOf(plan, outcome, deps)
}

type Outcome = Partial<Obtained> & {readonly signedIn?: SignedIn | undefined}

async function resultOf(
  plan: Plan,
  {signedIn, issued}: Outcome,
  deps: Pick<Dependencies, 'store'>,
): Promise<LoginResult> {
  const user = signedIn?.identity ?? (await rememberedUser(plan.providerId, deps))
  return {
    provider: plan.provider.name,
    subject: shownName(user?.subject),
    asked: signedIn?.asked ?? false,
    ...(issued && {role: issued.role, credentialsUntil: issued.expiresAt}),
  }
}
