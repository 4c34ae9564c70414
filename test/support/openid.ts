import {generateKeyPairSync, sign} from 'node:crypto'
import type {MovableClock} from './parts.ts'

/** An OpenID provider as a function, and a browser in which somebody is signed in there. */
export interface OpenIdProvider {
  readonly fetch: typeof globalThis.fetch
  /** What somebody's browser does with an authorization request. */
  browse(request: URL): Promise<void>
  /** How long the answer to a GET takes, and to a POST. */
  milliseconds: {get: number; post: number}
  /** The refresh token of each renewal. */
  readonly renewals: string[]
}

const issuer = 'https://idp.example'
const key = generateKeyPairSync('rsa', {modulusLength: 2048})

/** A used refresh token is dead at once, and a new one is in the answer. */
export function makeOpenIdProvider(clock: MovableClock): OpenIdProvider {
  let nonce: string | undefined
  let number = 0

  function tokens(form: URLSearchParams): Response {
    const used = form.get('refresh_token')
    if (used !== null) provider.renewals.push(used)
    if (used !== null && used !== `refresh-token-${number}`) return json({error: 'invalid_grant'}, 400)
    return json({
      token_type: 'Bearer',
      access_token: `access-token-${++number}`,
      refresh_token: `refresh-token-${number}`,
      id_token: idToken({nonce}),
      expires_in: 300,
    })
  }

  const provider: OpenIdProvider = {
    milliseconds: {get: 0, post: 0},
    renewals: [],
    async browse(request) {
      const {searchParams} = request
      nonce = searchParams.get('nonce') ?? undefined
      const back = new URL(searchParams.get('redirect_uri') ?? '')
      back.search = String(new URLSearchParams({code: 'code', state: searchParams.get('state') ?? ''}))
      // It has its answer when the sign-in has ended, and is not waited for before.
      fetch(back).catch(() => undefined)
    },
    async fetch(input, init = {}) {
      const post = init.method === 'POST'
      // A provider does what it was asked to do, whether or not somebody still waits for the answer.
      const answer = post ? tokens(new URLSearchParams(String(init.body))) : document(new URL(String(input)).pathname)
      clock.advance(post ? provider.milliseconds.post : provider.milliseconds.get)
      init.signal?.throwIfAborted()
      return answer
    },
  }
  return provider
}

function document(path: string): Response {
  if (path === '/jwks') return json({keys: [{...key.publicKey.export({format: 'jwk'}), alg: 'RS256', use: 'sig'}]})
  return json({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  })
}

/** Valid by the machine's own clock: the library that checks it knows no other one. */
function idToken(claims: object): string {
  const now = Math.floor(Date.now() / 1000)
  const body = {iss: issuer, aud: 'aws-oidc', sub: 'alice', email: 'alice@example.com', ...claims}
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({alg: 'RS256'})}.${part({...body, iat: now, exp: now + 3600})}`
  return `${text}.${sign('sha256', Buffer.from(text), key.privateKey).toString('base64url')}`
}

function json(value: object, status = 200): Response {
  return new Response(JSON.stringify(value), {status, headers: {'content-type': 'application/json'}})
}
