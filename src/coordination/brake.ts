import {AwsOidcError, type ErrorCode} from '../errors.ts'
import type {ProviderState, SharedFailure} from './state.ts'

/**
 * The brake: rules that keep programs from asking the user again and again. A tool that retries each minute through the
 * night must not open a browser each time.
 */

const briefMinutes = 5
const memoryMilliseconds = 12 * 3_600_000

/** Outcomes of asking the user that the next unattended call should not provoke again at once. */
const braking: ReadonlySet<ErrorCode> = new Set([
  'SIGN_IN_REFUSED',
  'SIGN_IN_REQUIRED',
  'TIMED_OUT',
  'BAD_RESPONSE',
  'INTERRUPTED',
  'TERMINATED',
])

export type Brake = {readonly kind: 'until'; readonly until: Date} | {readonly kind: 'login'}

/** Why the user may not be asked now: `until` a time, or until the next `login`. `undefined` if they may. */
export function brakeOf(failures: readonly Date[], now: Date): Brake | undefined {
  if (isClosed(failures)) return {kind: 'login'}
  // A time ahead of us was written under another clock; it must not brake for ever.
  const last = failures.filter(at => at <= now).at(-1)
  if (!last) return undefined
  const until = new Date(last.getTime() + briefMinutes * 60_000)
  return until > now ? {kind: 'until', until} : undefined
}

/** The state after asking the user has failed. */
export function afterSignInFailure(state: ProviderState, code: ErrorCode, now: Date): ProviderState {
  if (!braking.has(code)) return state
  return {...state, signInFailures: withOneMore(state.signInFailures, now)}
}

/** The state after AWS has refused a role. */
export function afterRefusal(state: ProviderState, role: string, message: string, now: Date): ProviderState {
  const at = withOneMore(state.refusedRoles[role]?.at ?? [], now)
  return {...state, refusedRoles: {...state.refusedRoles, [role]: {at, message}}}
}

export function afterSignIn(state: ProviderState): ProviderState {
  return {...withoutFailure(state, signInScope), signInFailures: []}
}

export function afterRole(state: ProviderState, role: string): ProviderState {
  const {[role]: _, ...refusedRoles} = state.refusedRoles
  return {...state, refusedRoles}
}

/** The scope of failures that concern all who wait for a sign-in. */
export const signInScope = 'sign-in'

// Enough for the processes that wait now: a later one compares with the failures noted when it began.
const mostFailures = 200

/** Notes a failure, so that processes waiting for the same work fail in the same way. */
export function withFailure(state: ProviderState, failure: SharedFailure): ProviderState {
  const failures = state.failures + 1
  const others = withoutFailure(state, failure.scope).sharedFailures
  return {...state, failures, sharedFailures: [...others, {...failure, number: failures}].slice(-mostFailures)}
}

/** Forgets a scope's failure after a success, so that processes still waiting do not fail with it. */
export function withoutFailure(state: ProviderState, scope: string): ProviderState {
  return {...state, sharedFailures: state.sharedFailures.filter(failure => failure.scope !== scope)}
}

export function hasFailure(state: ProviderState, scope: string): boolean {
  return state.sharedFailures.some(failure => failure.scope === scope)
}

/** The last failure in one of these scopes since this call began to wait. */
export function failureMeanwhile(
  before: ProviderState,
  after: ProviderState,
  scopes: readonly string[],
): AwsOidcError | undefined {
  const failure = after.sharedFailures.findLast(({number, scope}) => number > before.failures && scopes.includes(scope))
  return failure && new AwsOidcError(failure.code, failure.message, {hint: failure.hint})
}

/** Two failures within twelve hours keep the brake on until a success; later failures are not recorded. */
function isClosed([first, second]: readonly Date[]): boolean {
  return (
    first !== undefined && second !== undefined && Math.abs(second.getTime() - first.getTime()) < memoryMilliseconds
  )
}

function withOneMore(failures: readonly Date[], now: Date): readonly Date[] {
  return isClosed(failures) ? failures : [...failures, now].slice(-2)
}
