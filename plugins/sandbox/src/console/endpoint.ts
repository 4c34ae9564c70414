import type {IncomingMessage, ServerResponse} from 'node:http'
import {HttpError, pathOf, readBody} from '../http.ts'
import {interfere} from '../interference.ts'
import type {SandboxState} from '../state.ts'
import {type Federated, FederationError, federate} from './federation.ts'
import {type ConsolePage, homePage, refusedPage, signedOutPage} from './pages.ts'

/** Prefix of `/federation` (as at AWS Sign-In), `/home` (instead of the console) and `/oauth?Action=logout`. */
export const consolePath = '/console'

const cookieName = 'sandbox-console'

/** Answers as AWS Sign-In and the console would. */
export function handleConsole(request: IncomingMessage, response: ServerResponse, state: SandboxState): Promise<void> {
  const path = pathOf(request).slice(consolePath.length)
  const query = new URL(request.url ?? '/', 'http://sandbox').searchParams
  if (path === '/federation' && ['GET', 'POST'].includes(request.method ?? '')) {
    return handleFederation(query, request, response, state)
  }
  if (path === '/home' && request.method === 'GET') return showHome(query, request, response, state)
  if (path === '/oauth' && query.get('Action') === 'logout') return logOut(request, response, state)
  throw new HttpError(404, 'There is nothing at this address of the console.')
}

async function handleFederation(
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
  state: SandboxState,
): Promise<void> {
  const body = await readBody(request)
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false
  const parameters = request.method === 'POST' && isForm ? new URLSearchParams(body.toString()) : query
  const action = parameters.get('Action') ?? undefined
  let outcome = await interfere(state.faults.take({on: 'federation', action}), response)
  let federated: Federated | undefined
  if (outcome === undefined) {
    try {
      federated = federate(parameters, cookieOf(request), state)
      answer(federated, response, state)
      outcome = 'ok'
    } catch (error) {
      if (!(error instanceof FederationError)) throw error
      send(response, 400, refusedPage(error))
      outcome = 'http_400'
    }
  }
  const duration = parameters.get('SessionDuration')
  state.journal.add({
    kind: 'federation',
    ...(request.method !== undefined && {method: request.method}),
    ...(action !== undefined && {action}),
    ...(federated && {role: federated.session.roleName}),
    ...(duration !== null && {durationSeconds: Number(duration)}),
    outcome,
  })
}

function answer(federated: Federated, response: ServerResponse, state: SandboxState): void {
  if ('token' in federated) {
    response.writeHead(200, {'Content-Type': 'application/json', 'Cache-Control': 'no-store'})
    response.end(JSON.stringify({SigninToken: federated.token}))
    return
  }
  const cookie = state.console.begin(federated.session)
  const home = `${consolePath}/home?${new URLSearchParams({destination: federated.destination.href})}`
  response.writeHead(302, {
    Location: home,
    'Set-Cookie': `${cookieName}=${cookie}; Path=${consolePath}; HttpOnly; SameSite=Lax`,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
  })
  response.end()
}

async function showHome(
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
  state: SandboxState,
): Promise<void> {
  const session = state.console.byCookie(cookieOf(request))
  if (session) send(response, 200, homePage(session, query.get('destination') ?? ''))
  else send(response, 403, signedOutPage)
}

async function logOut(request: IncomingMessage, response: ServerResponse, state: SandboxState): Promise<void> {
  state.console.end(cookieOf(request))
  send(response, 200, signedOutPage)
}

function cookieOf({headers}: IncomingMessage): string {
  const pairs = (headers.cookie ?? '').split(/;\s*/).map(pair => pair.split('='))
  return pairs.find(([name]) => name === cookieName)?.[1] ?? ''
}

function send(response: ServerResponse, status: number, {html, headers}: ConsolePage): void {
  response.writeHead(status, headers).end(html)
}
