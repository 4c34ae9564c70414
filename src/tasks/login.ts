import {afterSignIn} from '../brake.ts'
import {AwsOidcError} from '../errors.ts'
import {type Obtained, obtain} from './obtain.ts'
import type {Parts} from './parts.ts'
import {type Plan, plansFor, withTarget} from './plan.ts'
import {type SignedIn, signIn} from './sign-in.ts'

export interface LoginWish {
  readonly provider?: string | undefined
  readonly profile?: string | undefined
  /** The profile meant where nothing is said; it counts only if it is one of ours. */
  readonly usualProfile: string
  /** Ask although something remembered would do. It is replaced only on success. */
  readonly force: boolean
}

export interface LoginResult {
  readonly provider: string
  readonly subject: string | undefined
  /** Absent where neither configuration nor provider names a role. */
  readonly role?: string
  readonly credentialsUntil?: Date
}

/** Signs in now, and gets the credentials of the role where there is one. */
export async function login(wish: LoginWish, parts: Parts): Promise<LoginResult> {
  const target = await targetOf(wish, parts)
  let notApplicable: AwsOidcError | undefined
  for (const plan of plansFor(target, parts)) {
    try {
      return await parts.locks.hold(plan.providerId, parts.signal, () => loginAt(plan, wish.force, parts))
    } catch (error) {
      if (!(error instanceof AwsOidcError)) throw error
      const failure = withTarget(error, plan)
      if (failure.code !== 'NOT_APPLICABLE') throw failure
      notApplicable = failure
    }
  }
  throw notApplicable ?? new Error('a profile has at least one provider')
}

async function targetOf({provider, profile, usualProfile}: LoginWish, parts: Parts) {
  if (provider !== undefined) return {provider}
  if (profile !== undefined) return {profile}
  const {providers, profiles} = parts.configuration
  if (Object.hasOwn(profiles, usualProfile)) return {profile: usualProfile}
  const names = Object.keys(providers)
  const [only, ...others] = names
  if (only === undefined) return {profile: usualProfile}
  if (others.length === 0) return {provider: only}
  if (parts.asking.mayRead && parts.asking.interactive) {
    return {
      provider: await parts.ask.select(
        'Sign in where?',
        names.map(name => ({label: name, value: name})),
      ),
    }
  }
  throw new AwsOidcError('CONFIG_INVALID', `There are several providers: ${names.join(', ')}.`, {
    hint: `aws-oidc login --provider ${only}`,
  })
}

async function loginAt(plan: Plan, force: boolean, parts: Parts): Promise<LoginResult> {
  const options = {fresh: false, forgetful: force, anew: true, quiet: false, signal: parts.signal}
  if (plan.steps[0].role) return released(plan, await obtain(plan, options, parts), parts)
  // Without a role in sight there is nothing to get from AWS; being signed in is the result.
  const signedIn = await signIn(plan, options, parts)
  const roles = await signedIn.identity.roles?.()
  if (!roles || (roles.length > 1 && !parts.asking.mayRead)) return released(plan, {signedIn}, parts)
  return released(plan, await obtain(plan, {...options, forgetful: false, signedIn}, parts), parts)
}

/** A sign-in that worked lets programs ask again; roles that AWS refused are released as they are given. */
async function released(
  plan: Plan,
  {signedIn, issued}: Partial<Obtained> & {readonly signedIn: SignedIn | undefined},
  parts: Parts,
): Promise<LoginResult> {
  await parts.states.change(plan.providerId, afterSignIn)
  return {
    provider: plan.provider.name,
    subject: signedIn?.identity.subject,
    ...(issued && {role: issued.role, credentialsUntil: issued.expiresAt}),
  }
}
