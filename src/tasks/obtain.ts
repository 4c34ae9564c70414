import {StsRefusal} from '../aws/sts-failure.ts'
import {afterRefusal, afterRole, brakeOf, withFailure} from '../brake.ts'
import {AwsOidcError, type ErrorCode} from '../errors.ts'
import {type Issued, isUsable, readIssued, writeIssued} from './issued.ts'
import type {Parts} from './parts.ts'
import type {Plan, Step} from './plan.ts'
import {redeem, switchRole} from './redeem.ts'
import {chooseRole, nameOf} from './role-choice.ts'
import {type SignedIn, type SignInOptions, signIn} from './sign-in.ts'

export interface ObtainOptions extends SignInOptions {
  /** Whether to begin with a sign-in although credentials of a source role may still be in the cache. */
  readonly anew: boolean
}

export interface Obtained {
  readonly issued: Issued
  /** Absent where the credentials of a source role were still in the cache. */
  readonly signedIn: SignedIn | undefined
}

/** New credentials for a plan, written to the cache. Call it while holding the provider's lock. */
export async function obtain(plan: Plan, options: ObtainOptions, parts: Parts): Promise<Obtained> {
  const {steps} = plan
  for (const {role} of steps) if (role && !options.quiet) await checkRefused(role.arn, plan, parts)

  let from = options.anew ? undefined : await cachedSource(plan, parts)
  let signedIn: SignedIn | undefined
  if (!from) {
    signedIn = await signIn(plan, options, parts)
    const first = await federate(signedIn, plan, options, parts)
    from = {index: 0, issued: first}
  }
  let {issued} = from
  for (const step of steps.slice(from.index + 1)) {
    const source = issued
    issued = await kept(step, step.role?.arn, plan, options, parts, () => switchRole(source, step, plan, parts))
  }
  return {issued, signedIn}
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

async function federate({identity}: SignedIn, plan: Plan, options: SignInOptions, parts: Parts): Promise<Issued> {
  const [step] = plan.steps
  const role = await chooseRole(identity, step.role, plan, parts)
  if (!step.role && !options.quiet) await checkRefused(nameOf(role), plan, parts)
  return kept(step, nameOf(role), plan, options, parts, async () => {
    const person = {subject: identity.subject, claims: identity.claims}
    try {
      return await redeem(await identity.proofFor(role), role, person, step, plan, parts)
    } catch (error) {
      // The token was too old for AWS although it looked alive here: a new one, once.
      if (options.fresh || !(error instanceof StsRefusal) || error.awsCode !== 'ExpiredToken') throw error
      const again = await signIn(plan, {...options, fresh: true}, parts)
      return redeem(await again.identity.proofFor(role), role, person, step, plan, parts)
    }
  })
}

// What concerns whoever waits for the same credentials; a missing sign-in or Ctrl-C is the caller's own.
const shared: ReadonlySet<ErrorCode> = new Set(['AWS_REFUSED', 'BAD_RESPONSE', 'UNAVAILABLE', 'CONFIG_INVALID'])

/** Does the work and keeps what comes of it: credentials in the cache, a refusal in the state. */
async function kept(
  step: Step,
  role: string | undefined,
  plan: Plan,
  options: SignInOptions,
  parts: Parts,
  work: () => Promise<Issued>,
): Promise<Issued> {
  const {states, clock, store} = parts
  const {providerId} = plan
  try {
    const issued = await work()
    await writeIssued(store, step.key, issued)
    if ((await states.read(providerId)).refusedRoles[issued.role]) {
      await states.change(providerId, state => afterRole(state, issued.role))
    }
    return issued
  } catch (error) {
    if (!options.quiet && error instanceof AwsOidcError && shared.has(error.code)) {
      const {code, message, hint} = error
      const scope = plan.steps.at(-1)?.key ?? step.key
      await states.change(providerId, state => {
        const refused = code === 'AWS_REFUSED' && role !== undefined
        const braked = refused ? afterRefusal(state, role, message, clock.now()) : state
        return withFailure(braked, {scope, code, message, hint})
      })
    }
    throw error
  }
}

/** A role that AWS has just refused is not asked for again by programs that retry each minute. */
async function checkRefused(
  role: string,
  {providerId, loginCommand}: Plan,
  {states, clock, asking}: Parts,
): Promise<void> {
  if (asking.ignoresBrake || asking.attended) return
  const refused = (await states.read(providerId)).refusedRoles[role]
  if (!refused || !brakeOf(refused.at, clock.now())) return
  throw new AwsOidcError('AWS_REFUSED', `${refused.message} (Said a while ago; AWS was not asked again.)`, {
    hint: loginCommand,
  })
}
