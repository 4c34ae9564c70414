import {generateKeyPairSync, sign} from 'node:crypto'
import type {MovableClock} from './dependencies.ts'

/** An OpenID provider as a function, and a browser in which a user is signed in there. */
export interface OpenIdProvider {
  readonly fetch: typeof globalThis.fetch
  /** Handles an authorization request as the user's browser would. */
  browse(request: URL): Promise<void>
  /** How long the answers to GET and POST take. */
  milliseconds: {get: number; post: number}
  /** The refresh token of each renewal. */
  readonly renewals: string[]
  /** Replaces answers of one kind. */
  distortion: Distortion | undefined
}

export type AnswerKind = 'discovery' | 'keys' | 'tokens' | 'claims' | 'refusal' | 'revocation' | 'code'

export interface Distortion {
  readonly of: AnswerKind
  /** The text to send instead of this JSON object. */
  readonly by: (answer: object) => string
  /** The status, for a refusal. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

const issuer = 'https://idp.example'
const key = generateKeyPairSync('rsa', {modulusLength: 2048})

/** Each refresh token works once; the answer contains a new one. */
export function makeOpenIdProvider(clock: MovableClock): OpenIdProvider {
  let nonce: string | undefined
  let number = 0

  function tokens(form: URLSearchParams): Response {
    const used = form.get('refresh_token')
    if (used !== null) provider.renewals.push(used)
    if (used !== null && used !== `refresh-token-${number}`) return json({error: 'invalid_grant'}, 400)
    if (provider.distortion?.of === 'refusal') return said('refusal', {error: 'x', error_description: 'y'}, 400)
    return said('tokens', {
      token_type: 'Bearer',
      access_token: `access-token-${++number}`,
      refresh_token: `refresh-token-${number}`,
      id_token: idToken({nonce}, provider.distortion?.of === 'claims' ? provider.distortion.by : JSON.stringify),
      expires_in: 300,
    })
  }

  /** An answer of this kind, distorted if required. */
  function said(kind: AnswerKind, answer: object, usual = 200): Response {
    const {distortion} = provider
    if (distortion?.of !== kind) return json(answer, usual)
    return withType(distortion.by(answer), distortion.status ?? usual, distortion.headers)
  }

  function posted({pathname}: URL, form: URLSearchParams): Response {
    if (pathname === '/revoke') return said('revocation', {error: 'unsupported_token_type'}, 400)
    return pathname === '/device' ? said('code', code) : tokens(form)
  }

  const provider: OpenIdProvider = {
    milliseconds: {get: 0, post: 0},
    renewals: [],
    distortion: undefined,
    async browse(request) {
      const {searchParams} = request
      nonce = searchParams.get('nonce') ?? undefined
      const back = new URL(searchParams.get('redirect_uri') ?? '')
      back.search = String(new URLSearchParams({code: 'code', state: searchParams.get('state') ?? ''}))
      // The listener answers when the sign-in has ended, so this must not wait for it.
      fetch(back).catch(() => undefined)
    },
    async fetch(input, init = {}) {
      const post = init.method === 'POST'
      // A provider processes a request whether or not the caller still waits for the answer.
      const url = new URL(String(input))
      const answer = post
        ? posted(url, new URLSearchParams(String(init.body)))
        : url.pathname === '/jwks'
          ? said('keys', keys)
          : said('discovery', metadata)
      clock.advance(post ? provider.milliseconds.post : provider.milliseconds.get)
      init.signal?.throwIfAborted()
      return answer
    },
  }
  return provider
}

const keys = {keys: [{...key.publicKey.export({format: 'jwk'}), alg: 'RS256', use: 'sig'}]}
const metadata = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  revocation_endpoint: `${issuer}/revoke`,
  device_authorization_endpoint: `${issuer}/device`,
  end_session_endpoint: `${issuer}/logout`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  scopes_supported: ['openid', 'email'],
  id_token_signing_alg_values_supported: ['RS256'],
}
const code = {
  device_code: 'device-code',
  user_code: 'FQBC-WQBN',
  verification_uri: `${issuer}/device`,
  expires_in: 600,
  interval: 5,
}

/** Valid by the machine's real clock: the library that verifies it knows no other one. */
function idToken(claims: object, write: (claims: object) => string): string {
  const now = Math.floor(Date.now() / 1000)
  const body = {iss: issuer, aud: 'aws-oidc', sub: 'alice', email: 'alice@example.com', ...claims}
  const part = (text: string) => Buffer.from(text).toString('base64url')
  const text = `${part('{"alg": "RS256"}')}.${part(write({...body, iat: now, exp: now + 3600}))}`
  return `${text}.${sign('sha256', Buffer.from(text), key.privateKey).toString('base64url')}`
}

function json(value: object, status = 200): Response {
  return withType(JSON.stringify(value), status)
}

function withType(text: string, status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(text, {status, headers: {'content-type': 'application/json', ...headers}})
}
