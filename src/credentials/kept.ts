import {StsRefusal} from '../aws/sts-failure.ts'
import {afterRefusal, afterRole, brakeOf, hasFailure, withFailure, withoutFailure} from '../coordination/brake.ts'
import {AwsOidcError, type ErrorCode} from '../errors.ts'
import type {Role} from '../plugin.ts'
import type {Dependencies} from './dependencies.ts'
import {type Issued, writeIssued} from './issued.ts'
import type {Plan, Step} from './plan.ts'
import {nameOf} from './role-choice.ts'
import type {Waiting} from './waiting.ts'

// Failures that concern every call waiting for the same credentials; a missing sign-in or Ctrl-C is the caller's own.
const shared: ReadonlySet<ErrorCode> = new Set([
  'AWS_REFUSED',
  'BAD_RESPONSE',
  'UNAVAILABLE',
  'CONFIG_INVALID',
  'ROLE_NOT_OFFERED',
  'SIGN_IN_REFUSED',
])

export interface Target {
  readonly step: Step
  readonly role: string
  /** The state's `departures` when it became known whose credentials they are. */
  readonly departures: number
  /** Whether the credentials may be kept for the next call. */
  readonly keep: boolean
}

/** Does the work and keeps what comes of it: credentials in the cache, a refusal in the state. */
export async function kept(
  {step, role, departures, keep}: Target,
  plan: Plan,
  {silent: quiet}: Waiting,
  deps: Pick<Dependencies, 'store' | 'states' | 'clock' | 'log'>,
  work: () => Promise<Issued>,
): Promise<Issued> {
  const {states, store, log, clock} = deps
  const {providerId} = plan
  const refusal = refusalKey(step, role)
  try {
    const issued = await work()
    if (keep) await writeIssued(store, step.key, issued)
    const state = await states.read(providerId)
    // If somebody signs in or out while AWS is asked, the earlier user's credentials must not stay.
    if (keep && state.departures !== departures) {
      log.debug('a user has signed in or out in the meantime: nothing is kept')
      await store.remove(step.key)
    }
    if (state.refusedRoles[refusal] || hasFailure(state, step.key)) {
      await states.change(providerId, now => withoutFailure(afterRole(now, refusal), step.key))
    }
    return issued
  } catch (error) {
    if (!quiet && error instanceof AwsOidcError && shared.has(error.code)) {
      const {code, message, hint} = error
      const scope = step.key
      await states.change(providerId, state => {
        const tokenOnly = error instanceof StsRefusal && error.awsCode === 'ExpiredToken'
        const braked = code === 'AWS_REFUSED' && !tokenOnly ? afterRefusal(state, refusal, message, clock.now()) : state
        return withFailure(braked, {scope, code, message, hint})
      })
    }
    throw error
  }
}

/** Rejects with AWS_REFUSED if the brake is on for a role: programs that retry each minute must not ask AWS again. */
export async function checkRefused(
  step: Step,
  role: Role,
  {providerId, loginCommand}: Plan,
  {states, clock, asking}: Pick<Dependencies, 'states' | 'clock' | 'asking'>,
): Promise<void> {
  if (asking.ignoresBrake || asking.attended) return
  const refused = (await states.read(providerId)).refusedRoles[refusalKey(step, nameOf(role))]
  if (!refused || !brakeOf(refused.at, clock.now())) return
  throw new AwsOidcError('AWS_REFUSED', `${refused.message} (AWS said so earlier and was not asked again.)`, {
    hint: loginCommand,
  })
}

/** The role with everything requested for it: a mistake in one profile must not block the role for another. */
function refusalKey(step: Step, role: string): string {
  return `${step.key} ${role}`
}
