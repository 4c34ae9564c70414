import type {IncomingMessage, ServerResponse} from 'node:http'
import {pathOf, readBody} from '../http.ts'
import {errorPage, pageHeaders, signInPage} from '../openid/pages.ts'
import {refuseSignIn} from '../sign-in-form.ts'
import type {SandboxState} from '../state.ts'
import {pagesPath} from './instance.ts'
import {approvedPage, clientOf, codePage, consentPage, declinedPage} from './pages.ts'
import type {PortalSession} from './sessions.ts'
import type {Visit} from './visits.ts'

const cookieName = 'identity-center'

/** Serves the pages at which a person signs in and lets clients in, and the page for the code of a device. */
export async function handlePages(
  request: IncomingMessage,
  response: ServerResponse,
  state: SandboxState,
): Promise<void> {
  const path = pathOf(request).slice(pagesPath.length)
  const [, id] = /^\/visits\/([\w-]+)$/.exec(path) ?? []
  const {visits, devices} = state.identityCenter
  if (path === '/device') return serveDevice(request, response, state)
  const visit = id === undefined ? undefined : visits.find(id)
  if (id === undefined || !visit || ('device' in visit && !devices.isOpen(visit.device))) {
    return show(response, 400, errorPage('This sign-in has expired or is over.'))
  }
  const session = state.identityCenter.sessions.byCookie(cookieOf(request))
  if (request.method !== 'POST') {
    return show(response, 200, session ? consentPage(visit, session.user) : signInPage(clientOf(visit), ''))
  }
  const form = await readForm(request)
  if (form.has('decision')) return signIn(response, state, {visit, id, form})
  if (!session) return redirect(response, `${state.identityCenter.pages}/visits/${id}`)
  visits.end(id)
  decide(response, state, visit, form.has('confirm') ? session : undefined)
}

async function serveDevice(request: IncomingMessage, response: ServerResponse, state: SandboxState): Promise<void> {
  const {devices, pages, visits} = state.identityCenter
  const query = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams
  const typed = request.method === 'POST' ? (await readForm(request)).get('user_code') : query.get('user_code')
  if (typed === null) return show(response, 200, codePage())
  const device = devices.byUserCode(typed)
  if (!device) return show(response, 400, codePage('There is no such code, or it has expired.'))
  redirect(response, `${pages}/visits/${visits.begin({device})}`)
}

function signIn(
  response: ServerResponse,
  state: SandboxState,
  {visit, id, form}: {readonly visit: Visit; readonly id: string; readonly form: URLSearchParams},
): void {
  const {pages, sessions, visits} = state.identityCenter
  const {refusal, user, typed} = refuseSignIn(form)
  state.journal.add({kind: 'sign-in', ...(user && {user: user.name}), outcome: refusal?.outcome ?? 'ok'})
  if (refusal?.page) {
    show(response, refusal.page.status, signInPage(clientOf(visit), typed, refusal.page.alert))
  } else if (refusal) {
    visits.end(id)
    decide(response, state, visit, undefined)
  } else {
    response.setHeader('Set-Cookie', `${cookieName}=${sessions.begin(typed)}; Path=/; HttpOnly; SameSite=Lax`)
    redirect(response, `${pages}/visits/${id}`)
  }
}

/** Lets the client in to that session, or refuses it where there is none. */
function decide(
  response: ServerResponse,
  {identityCenter: {codes, settings}}: SandboxState,
  visit: Visit,
  session: PortalSession | undefined,
): void {
  if ('device' in visit) {
    visit.device.decision = session ?? 'denied'
    show(response, 200, session ? approvedPage() : declinedPage())
    return
  }
  const {redirectUri, state: clientState} = visit.request
  const callback = new URL(redirectUri)
  if (session) callback.searchParams.set('code', codes.issue(visit.request, session, settings.codeSeconds))
  else callback.searchParams.set('error', 'access_denied')
  if (clientState !== null) callback.searchParams.set('state', clientState)
  redirect(response, callback.href)
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams((await readBody(request)).toString())
}

function cookieOf({headers}: IncomingMessage): string {
  const [, value = ''] = new RegExp(`(?:^|; )${cookieName}=([\\w-]+)`).exec(headers.cookie ?? '') ?? []
  return value
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, {Location: location, 'Cache-Control': 'no-store'}).end()
}

function show(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, pageHeaders)
  response.end(html)
}
