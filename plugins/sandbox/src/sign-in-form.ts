import {findUser, passwordOf, type User} from './account.ts'

export interface SignInRefusal {
  readonly outcome: string
  /** The sign-in page to show again with this alert; absent if the user returns to the client. */
  readonly page?: {readonly status: number; readonly alert: string}
}

/** Whether the form of the sign-in page lets nobody in, and who it names. */
export function refuseSignIn(form: URLSearchParams): {
  readonly refusal: SignInRefusal | undefined
  readonly user: User | undefined
  /** The user name as it was typed. */
  readonly typed: string
} {
  const typed = form.get('username') ?? ''
  const user = findUser(typed)
  return {refusal: refusalOf(form, user), user, typed}
}

function refusalOf(form: URLSearchParams, user: User | undefined): SignInRefusal | undefined {
  if (form.get('decision') === 'cancel') return {outcome: 'access_denied'}
  if (!user || form.get('password') !== passwordOf(user)) {
    return {outcome: 'wrong_password', page: {status: 401, alert: 'The user name or the password is wrong.'}}
  }
  if (user.disabled) return {outcome: 'disabled', page: {status: 403, alert: 'This account is disabled.'}}
  return undefined
}
