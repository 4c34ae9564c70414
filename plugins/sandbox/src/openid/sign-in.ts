import type {IncomingMessage, ServerResponse} from 'node:http'
import {errors, type Provider} from 'oidc-provider'
import {findUser, passwordOf} from '../account.ts'
import {readBody} from '../http.ts'
import type {Journal} from '../journal.ts'
import {errorPage, pageHeaders, signInPage} from './pages.ts'

interface SignInContext {
  readonly provider: Provider
  readonly journal: Journal
}

/** Serves the sign-in page and handles its form. */
export async function handleSignIn(
  request: IncomingMessage,
  response: ServerResponse,
  {provider, journal}: SignInContext,
): Promise<void> {
  try {
    const {params} = await provider.interactionDetails(request, response)
    const clientId = String(params.client_id)
    if (request.method !== 'POST') return showPage(response, 200, signInPage(clientId, ''))

    const form = new URLSearchParams((await readBody(request)).toString())
    const refusal = refuse(form)
    const user = form.get('username') ?? ''
    journal.add({kind: 'sign-in', ...(findUser(user) && {user}), outcome: refusal?.outcome ?? 'ok'})
    if (refusal?.page) return showPage(response, refusal.page.status, signInPage(clientId, user, refusal.page.alert))
    await provider.interactionFinished(request, response, refusal ? cancelled : {login: {accountId: user}}, {
      mergeWithLastSubmission: false,
    })
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error
    showPage(response, 400, errorPage('This sign-in has expired or was started in another browser.'))
  }
}

const cancelled = {error: 'access_denied', error_description: 'The user pressed Cancel on the sign-in page.'}

interface Refusal {
  readonly outcome: string
  /** The sign-in page to show again with this alert; absent if the user returns to the client. */
  readonly page?: {readonly status: number; readonly alert: string}
}

function refuse(form: URLSearchParams): Refusal | undefined {
  if (form.get('decision') === 'cancel') return {outcome: 'access_denied'}
  const user = findUser(form.get('username') ?? '')
  if (!user || form.get('password') !== passwordOf(user)) {
    return {outcome: 'wrong_password', page: {status: 401, alert: 'The user name or the password is wrong.'}}
  }
  if (user.disabled) return {outcome: 'disabled', page: {status: 403, alert: 'This account is disabled.'}}
  return undefined
}

function showPage(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, pageHeaders)
  response.end(html)
}
