import type {IncomingMessage, ServerResponse} from 'node:http'
import {errors, type Provider} from 'oidc-provider'
import {readBody} from '../http.ts'
import type {Journal} from '../journal.ts'
import {refuseSignIn} from '../sign-in-form.ts'
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
    const {refusal, user, typed} = refuseSignIn(form)
    journal.add({kind: 'sign-in', ...(user && {user: user.name}), outcome: refusal?.outcome ?? 'ok'})
    if (refusal?.page) return showPage(response, refusal.page.status, signInPage(clientId, typed, refusal.page.alert))
    await provider.interactionFinished(request, response, refusal ? cancelled : {login: {accountId: typed}}, {
      mergeWithLastSubmission: false,
    })
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error
    showPage(response, 400, errorPage('This sign-in has expired or was started in another browser.'))
  }
}

const cancelled = {error: 'access_denied', error_description: 'The user pressed Cancel on the sign-in page.'}

function showPage(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, pageHeaders)
  response.end(html)
}
