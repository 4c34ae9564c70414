import {AwsOidcError, type ErrorCode} from '../errors.ts'
import type {ProviderState, SharedFailure} from './state.ts'

/**
 * The rules that keep programs from asking a person again and again. A tool that retries each minute through the
 * night must not open a browser each time.
 */

const briefMinutes = 5
const memoryMilliseconds = 12 * 3_600_000

/** Outcomes of asking a person that the next unattended caller should not provoke again at once. */
const braking: ReadonlySet<ErrorCode> = new Set([
  'SIGN_IN_REFUSED',
  'SIGN_IN_REQUIRED',
  'TIMED_OUT',
  'BAD_RESPONSE',
  'INTERRUPTED',
  'TERMINATED',
])

export type Brake = {readonly kind: 'until'; readonly until: Date} | {readonly kind: 'login'}

/** What stands against asking the person now, if anything. */
export function brakeOf(failures: readonly Date[], now: Date): Brake | undefined {
  if (isClosed(failures)) return {kind: 'login'}
  // A time ahead of us was written under another clock; it must not brake for ever.
  const last = failures.filter(at => at <= now).at(-1)
  if (!last) return undefined
  const until = new Date(last.getTime() + briefMinutes * 60_000)
  return until > now ? {kind: 'until', until} : undefined
}

/** After asking the person failed. */
export function afterSignInFailure(state: ProviderState, code: ErrorCode, now: Date): ProviderState {
  if (!braking.has(code)) return state
  return {...state, signInFailures: withOneMore(state.signInFailures, now)}
}

/** After AWS refused a role. */
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

// Of those who wait now; whoever comes later compares with what is there then.
const mostFailures = 200

/** Lets those who wait for the same fail as their predecessor did. */
export function withFailure(state: ProviderState, failure: SharedFailure): ProviderState {
  const failures = state.failures + 1
  const others = withoutFailure(state, failure.scope).sharedFailures
  return {...state, failures, sharedFailures: [...others, {...failure, number: failures}].slice(-mostFailures)}
}

/** After a success: who still waits need not fail with what failed before. */
export function withoutFailure(state: ProviderState, scope: string): ProviderState {
  return {...state, sharedFailures: state.sharedFailures.filter(failure => failure.scope !== scope)}
}

export function hasFailure(state: ProviderState, scope: string): boolean {
  return state.sharedFailures.some(failure => failure.scope === scope)
}

/** The last failure in one of these scopes while this caller waited. */
export function failureMeanwhile(
  before: ProviderState,
  after: ProviderState,
  scopes: readonly string[],
): AwsOidcError | undefined {
  const failure = after.sharedFailures.findLast(({number, scope}) => number > before.failures && scopes.includes(scope))
  return failure && new AwsOidcError(failure.code, failure.message, {hint: failure.hint})
}

/** Two failures within twelve hours close the way for good: what comes later does not open it, only a success does. */
function isClosed([first, second]: readonly Date[]): boolean {
  return (
    first !== undefined && second !== undefined && Math.abs(second.getTime() - first.getTime()) < memoryMilliseconds
  )
}

function withOneMore(failures: readonly Date[], now: Date): readonly Date[] {
  return isClosed(failures) ? failures : [...failures, now].slice(-2)
}
