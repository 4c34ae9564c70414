import {createHash, randomBytes} from 'node:crypto'
import {createServer} from 'node:http'
import {decodeJwt} from 'jose'
import {browse} from '../../src/browse.ts'

export interface TokenAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly refreshToken: string
  readonly idToken: string
}

export interface Authorization {
  readonly url: URL
  readonly redirectUri: string
  readonly verifier: string
}

export function authorize(issuer: string, redirectUri: string, changes: Record<string, string> = {}): Authorization {
  const verifier = randomBytes(32).toString('base64url')
  const url = new URL(`${issuer}/auth`)
  const parameters = {
    client_id: 'aws-oidc',
    response_type: 'code',
    scope: 'openid email profile offline_access',
    redirect_uri: redirectUri,
    state: 'the-state',
    nonce: 'the-nonce',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  }
  url.search = new URLSearchParams(parameters).toString()
  return {url, redirectUri, verifier}
}

/** Lets `userName` sign in; resolves to the parameters that came back to the client. */
export async function callbackFor(issuer: string, userName: string, changes: Record<string, string> = {}) {
  const {promise, resolve} = Promise.withResolvers<URLSearchParams>()
  const server = createServer((request, response) => {
    response.end('signed in')
    resolve(new URL(request.url ?? '/', 'http://127.0.0.1').searchParams)
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  try {
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const authorization = authorize(issuer, `http://127.0.0.1:${port}/callback`, changes)
    await browse(authorization.url.href, {userName})
    return {parameters: await promise, authorization}
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

export async function signIn(issuer: string, userName: string): Promise<TokenAnswer> {
  const {parameters, authorization} = await callbackFor(issuer, userName)
  return token(issuer, {
    grant_type: 'authorization_code',
    code: parameters.get('code') ?? '',
    redirect_uri: authorization.redirectUri,
    code_verifier: authorization.verifier,
  })
}

export function refresh(issuer: string, refreshToken: string): Promise<TokenAnswer> {
  return token(issuer, {grant_type: 'refresh_token', refresh_token: refreshToken})
}

export async function token(issuer: string, parameters: Record<string, string>): Promise<TokenAnswer> {
  const body = new URLSearchParams({client_id: 'aws-oidc', ...parameters})
  const response = await fetch(`${issuer}/token`, {method: 'POST', body})
  const answer = JSON.parse(await response.text())
  return {
    status: response.status,
    body: answer,
    refreshToken: String(answer.refresh_token),
    idToken: String(answer.id_token),
  }
}

export function claimsOf(idToken: string): Readonly<Record<string, unknown>> {
  return decodeJwt(idToken)
}
