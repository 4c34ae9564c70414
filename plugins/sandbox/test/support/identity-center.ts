import {createHash} from 'node:crypto'
import {createServer} from 'node:http'
import {expect} from 'chai'
import {browse} from '../../src/browse.ts'
import type {SandboxUnderTest} from './running-sandbox.ts'

export type Members = Readonly<Record<string, unknown>>

export interface ServiceAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
export const verifier = 'v'.repeat(43)
export const challenge = createHash('sha256').update(verifier).digest('base64url')
const redirectUri = 'http://127.0.0.1/oauth/callback'

/** Posts JSON to the OIDC service; null takes a member out. */
export async function callOidc(sandbox: SandboxUnderTest, path: string, input: Members): Promise<ServiceAnswer> {
  const kept = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null))
  const headers = {'content-type': 'application/json'}
  const init = {method: 'POST', headers, body: JSON.stringify(kept)}
  return answerOf(await fetch(`${sandbox.addresses.identityCenter.oidc}${path}`, init))
}

export async function answerOf(response: Response): Promise<ServiceAnswer> {
  const text = await response.text()
  return {status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text)}
}

export function expectOidcError(answer: ServiceAnswer, status: number, code: string, error: string): void {
  expect(answer.status, JSON.stringify(answer.body)).to.equal(status)
  const type = `${code}:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/`
  expect(answer.headers.get('x-amzn-errortype')).to.equal(type)
  expect(answer.body.error).to.equal(error)
  expect(answer.body.error_description).to.be.a('string')
}

/** Registers a client for the authorization code as the AWS CLI does, with `changes` over its members. */
export function register(sandbox: SandboxUnderTest, changes: Members = {}): Promise<ServiceAnswer> {
  return callOidc(sandbox, '/client/register', {
    clientName: 'botocore-client-test',
    clientType: 'public',
    grantTypes: ['authorization_code', 'refresh_token'],
    redirectUris: [redirectUri],
    issuerUrl: sandbox.addresses.identityCenter.startUrl,
    scopes: ['sso:account:access'],
    ...changes,
  })
}

/** Registers a client for device codes as the AWS CLI does. */
export function registerDevice(sandbox: SandboxUnderTest, changes: Members = {}): Promise<ServiceAnswer> {
  const absent = {grantTypes: null, redirectUris: null, issuerUrl: null}
  return register(sandbox, {...absent, ...changes})
}

export interface Registration {
  readonly clientId: string
  readonly clientSecret: string
}

export async function registered(answer: Promise<ServiceAnswer>): Promise<Registration> {
  const {status, body} = await answer
  expect(status, JSON.stringify(body)).to.equal(200)
  return {clientId: String(body.clientId), clientSecret: String(body.clientSecret)}
}

export function authorizeUrl(sandbox: SandboxUnderTest, clientId: string, changes: Record<string, string> = {}): URL {
  const url = new URL(`${sandbox.addresses.identityCenter.oidc}/authorize`)
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: 'http://127.0.0.1:1/oauth/callback',
    state: 'the-state',
    code_challenge_method: 'S256',
    scopes: 'sso:account:access',
    code_challenge: challenge,
    ...changes,
  }
  url.search = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== '')).toString()
  return url
}

/** Lets a person sign in in a browser; resolves to what came back to the client. */
export async function callbackFor(
  sandbox: SandboxUnderTest,
  clientId: string,
  userName: string,
  scopes = 'sso:account:access',
) {
  const {promise, resolve} = Promise.withResolvers<URL>()
  const server = createServer((request, response) => {
    response.end('signed in')
    resolve(new URL(request.url ?? '/', 'http://127.0.0.1'))
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  try {
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const uri = `http://127.0.0.1:${port}/oauth/callback`
    await browse(authorizeUrl(sandbox, clientId, {redirect_uri: uri, scopes}).href, {userName})
    const {pathname, searchParams} = await promise
    return {redirectUri: uri, pathname, parameters: searchParams, code: searchParams.get('code') ?? ''}
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

export interface SignedIn extends Registration {
  readonly accessToken: string
  readonly refreshToken: string
  readonly answer: ServiceAnswer
}

/** Signs a person in by PKCE, with a registration of its own unless one is given. */
export async function signInByCode(
  sandbox: SandboxUnderTest,
  userName: string,
  registration?: Registration,
  scopes?: string,
): Promise<SignedIn> {
  const client = registration ?? (await registered(register(sandbox)))
  const {code, redirectUri: uri} = await callbackFor(sandbox, client.clientId, userName, scopes)
  const grant = {grantType: 'authorization_code', code, codeVerifier: verifier, redirectUri: uri}
  const answer = await callOidc(sandbox, '/token', {...client, ...grant})
  expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
  const {accessToken, refreshToken} = answer.body
  return {...client, accessToken: String(accessToken), refreshToken: String(refreshToken), answer}
}

export function renew(sandbox: SandboxUnderTest, {clientId, clientSecret, refreshToken}: SignedIn) {
  return callOidc(sandbox, '/token', {clientId, clientSecret, grantType: 'refresh_token', refreshToken})
}

/** Asks the portal; without a token the header is left out. */
export async function callPortal(
  sandbox: SandboxUnderTest,
  path: string,
  token: string | undefined,
  init: RequestInit = {},
): Promise<ServiceAnswer> {
  const headers = token === undefined ? {} : {'x-amz-sso_bearer_token': token}
  return answerOf(await fetch(`${sandbox.addresses.identityCenter.portal}${path}`, {headers, ...init}))
}

export function expectPortalError(answer: ServiceAnswer, status: number, code: string, message: string | RegExp): void {
  expect(answer.status, JSON.stringify(answer.body)).to.equal(status)
  expect(answer.body.__type).to.equal(`com.amazonaws.switchboard.portal#${code}`)
  expect(answer.headers.get('x-amzn-errortype')).to.match(new RegExp(`^${code}:`))
  if (typeof message === 'string') expect(answer.body.message).to.equal(message)
  else expect(answer.body.message).to.match(message)
}

/** All items of a list, by pages of 100. */
export async function allItems(ask: (query: string) => Promise<ServiceAnswer>, name: string) {
  const items: Record<string, unknown>[] = []
  for (let token = ''; ; ) {
    const {body} = await ask(`max_result=100${token}`)
    const page = body[name]
    if (!Array.isArray(page)) throw new Error(`no ${name}: ${JSON.stringify(body)}`)
    items.push(...page.map(membersOf))
    if (typeof body.nextToken !== 'string') return items
    token = `&next_token=${encodeURIComponent(body.nextToken)}`
  }
}

export function membersOf(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null) return {...value}
  throw new Error(`no object: ${JSON.stringify(value)}`)
}
