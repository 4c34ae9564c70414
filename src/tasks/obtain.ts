import {StsRefusal} from '../aws/sts-failure.ts'
import {afterRefusal, afterRole, brakeOf, withFailure} from '../brake.ts'
import {AwsOidcError, type ErrorCode} from '../errors.ts'
import type {Role} from '../plugin.ts'
import {type Issued, isUsable, readIssued, writeIssued} from './issued.ts'
import type {Parts} from './parts.ts'
import {endpointOf, lastStep, type Plan, type Step} from './plan.ts'
import {redeem, switchRole} from './redeem.ts'
import {chooseRole, nameOf} from './role-choice.ts'
import {type SignedIn, type SignInOptions, signIn} from './sign-in.ts'

export interface ObtainOptions extends SignInOptions {
  /** Whether to begin with a sign-in although credentials of a source role may still be in the cache. */
  readonly anew: boolean
  /** Who has just signed in, where somebody has. */
  readonly signedIn?: SignedIn | undefined
}

export interface Obtained {
  readonly issued: Issued
  /** Absent where the credentials of a source role were still in the cache. */
  readonly signedIn: SignedIn | undefined
}

interface Federated {
  readonly issued: Issued
  readonly signedIn: SignedIn
}

/** New credentials for a plan, written to the cache. Call it while holding the provider's lock. */
export async function obtain(plan: Plan, options: ObtainOptions, whole: Parts): Promise<Obtained> {
  const {steps} = plan
  // AWS is asked within the same limit as the provider.
  const parts = {...whole, signal: options.signal}
  for (const step of steps) if (step.role && !options.quiet) await checkRefused(step, step.role, plan, parts)

  let from = options.anew ? undefined : await cachedSource(plan, parts)
  let signedIn: SignedIn | undefined
  if (!from) {
    const first = await federate(options.signedIn ?? (await signIn(plan, options, parts)), plan, options, parts)
    signedIn = first.signedIn
    from = {index: 0, issued: first.issued}
  }
  let {issued} = from
  for (const step of steps.slice(from.index + 1)) {
    const source = issued
    const target = {step, role: step.role?.arn ?? '', keep: signedIn?.identity.keep !== 'never'}
    issued = await kept(target, plan, options, parts, () => switchRole(source, step, plan, parts))
  }
  if (!options.quiet) warnOfShortSession(issued, plan, parts)
  return {issued, signedIn}
}

// botocore renews in the last 15 minutes, and below ten insists on it: https://github.com/boto/botocore/blob/develop/botocore/credentials.py
const botocoreMargin = 15 * 60_000

function warnOfShortSession({role, obtainedAt, credentials}: Issued, plan: Plan, {log, network, env}: Parts): void {
  const {role: known, profile} = lastStep(plan)
  const {url} = endpointOf(known, profile, env)
  const life = credentials.expiration.getTime() - obtainedAt.getTime() - network.likelyOffsetTo(url)
  if (life > botocoreMargin) return
  const minutes = Math.round(life / 60_000)
  log.warn(
    `This session of ${role} lasts ${minutes} min: below 15 min the AWS CLI and boto3 ask again for each request. A longer "duration" spares that.`,
  )
}

/** The credentials nearest to the end of the chain that still work. */
async function cachedSource(
  {steps}: Plan,
  {store, secrets, clock}: Parts,
): Promise<{index: number; issued: Issued} | undefined> {
  for (let index = steps.length - 2; index >= 0; index--) {
    const issued = await readIssued(store, steps[index]?.key ?? '', secrets)
    if (issued && isUsable(issued, clock.now())) return {index, issued}
  }
  return undefined
}

/** Credentials of the first role, and who it was that signed in for them in the end. */
async function federate(signedIn: SignedIn, plan: Plan, options: SignInOptions, parts: Parts): Promise<Federated> {
  try {
    return {signedIn, issued: await take(signedIn, plan, options, parts)}
  } catch (error) {
    // The token was too old for AWS although it looked alive here: a new one, once. It may be another person's.
    if (options.fresh || !(error instanceof StsRefusal) || error.awsCode !== 'ExpiredToken') throw error
    const again = await signIn(plan, {...options, fresh: true}, parts)
    const asked = signedIn.asked || again.asked
    return {signedIn: {...again, asked}, issued: await take(again, plan, options, parts)}
  }
}

async function take({identity}: SignedIn, plan: Plan, options: SignInOptions, parts: Parts): Promise<Issued> {
  const [step] = plan.steps
  const role = await chooseRole(identity, step.role, plan, parts)
  const target = {step, role: nameOf(role), keep: identity.keep !== 'never'}
  if (!step.role && !options.quiet) await checkRefused(step, role, plan, parts)
  return kept(target, plan, options, parts, async () => {
    const person = {subject: identity.subject, claims: identity.claims}
    return redeem(await identity.proofFor(role), role, person, step, plan, parts)
  })
}

// What concerns whoever waits for the same credentials; a missing sign-in or Ctrl-C is the caller's own.
const shared: ReadonlySet<ErrorCode> = new Set([
  'AWS_REFUSED',
  'BAD_RESPONSE',
  'UNAVAILABLE',
  'CONFIG_INVALID',
  'ROLE_NOT_OFFERED',
  'SIGN_IN_REFUSED',
])

interface Target {
  readonly step: Step
  readonly role: string
  /** Whether the credentials may be kept for the next call. */
  readonly keep: boolean
}

/** Does the work and keeps what comes of it: credentials in the cache, a refusal in the state. */
async function kept(
  {step, role, keep}: Target,
  plan: Plan,
  options: SignInOptions,
  parts: Parts,
  work: () => Promise<Issued>,
): Promise<Issued> {
  const {states, clock, store} = parts
  const {providerId} = plan
  const refusal = refusalKey(step, role)
  try {
    const issued = await work()
    if (keep) await writeIssued(store, step.key, issued)
    if ((await states.read(providerId)).refusedRoles[refusal]) {
      await states.change(providerId, state => afterRole(state, refusal))
    }
    return issued
  } catch (error) {
    if (!options.quiet && error instanceof AwsOidcError && shared.has(error.code)) {
      const {code, message, hint} = error
      const scope = lastStep(plan).key
      await states.change(providerId, state => {
        const tokenOnly = error instanceof StsRefusal && error.awsCode === 'ExpiredToken'
        const braked = code === 'AWS_REFUSED' && !tokenOnly ? afterRefusal(state, refusal, message, clock.now()) : state
        return withFailure(braked, {scope, code, message, hint})
      })
    }
    throw error
  }
}

/** A role that AWS has just refused is not asked for again by programs that retry each minute. */
async function checkRefused(
  step: Step,
  role: Role,
  {providerId, loginCommand}: Plan,
  {states, clock, asking}: Parts,
): Promise<void> {
  if (asking.ignoresBrake || asking.attended) return
  const refused = (await states.read(providerId)).refusedRoles[refusalKey(step, nameOf(role))]
  if (!refused || !brakeOf(refused.at, clock.now())) return
  throw new AwsOidcError('AWS_REFUSED', `${refused.message} (Said a while ago; AWS was not asked again.)`, {
    hint: loginCommand,
  })
}

/** The role with all that is asked of it: a mistake in one profile must not close the role to another. */
function refusalKey(step: Step, role: string): string {
  return `${step.key} ${role}`
}
