import * as openid from 'openid-client'
import {AwsOidcError} from '../errors.ts'
import {bodyOf, explainOAuthFailure, isPassing, statusOf} from './problems.ts'
import {type TokenClock, type Tokens, tokensOf} from './tokens.ts'

/**
 * Redeems a refresh token (RFC 6749, 6); `undefined` if it no longer works. The answer may contain a new refresh token
 * and invalidate the old one, so save it before using it. Calls `clock` after the request, whose answer may be the
 * first to tell the provider's time.
 */
export async function refresh(
  configuration: openid.Configuration,
  refreshToken: string,
  parameters: Readonly<Record<string, string>>,
  earlierClaims: Readonly<Record<string, unknown>>,
  clock: () => TokenClock,
): Promise<Tokens | undefined> {
  try {
    const answer = await openid.refreshTokenGrant(configuration, refreshToken, parameters)
    const tokens = tokensOf(answer, configuration.clientMetadata().client_id, clock())
    if (tokens.idToken) checkSameSignIn(tokens.claims, earlierClaims)
    return tokens
  } catch (error) {
    const {host} = new URL(configuration.serverMetadata().issuer)
    const refusal = await refusalBehind(error)
    if (refusal && isDead(refusal)) return undefined
    if (refusal && refusal.error === undefined) throw withoutReason(host, refusal.status)
    throw explainOAuthFailure(error, host)
  }
}

interface RefreshRefusal {
  readonly status: number
  /** The OAuth error code in the body (RFC 6749, 5.2), if there is one. */
  readonly error: string | undefined
}

async function refusalBehind(error: unknown): Promise<RefreshRefusal | undefined> {
  if (error instanceof openid.ResponseBodyError) return error
  if (error instanceof openid.WWWAuthenticateChallengeError) {
    const named = (await bodyOf(error.response))?.error
    return {status: error.status, error: typeof named === 'string' ? named : undefined}
  }
  const status = error instanceof Error ? statusOf(error) : undefined
  return status !== undefined && status >= 400 ? {status, error: undefined} : undefined
}

const deadStatuses: ReadonlySet<number> = new Set([400, 401, 403])
const aboutTheClient: ReadonlySet<string> = new Set(['invalid_client', 'unauthorized_client'])

/**
 * RFC 6749, 5.2 has `invalid_grant` for a refresh token that no longer works, but Dex says `invalid_request` and others
 * what they like. So any error that concerns neither the client nor a passing condition concerns the token.
 */
function isDead({status, error}: RefreshRefusal): boolean {
  return error !== undefined && deadStatuses.has(status) && !aboutTheClient.has(error) && !isPassing({status, error})
}

/** An answer without an OAuth error may come from a firewall, which knows nothing about the token. */
function withoutReason(host: string, status: number): AwsOidcError {
  return new AwsOidcError('UNAVAILABLE', `${host} answered with HTTP ${status} and gave no reason.`, {
    hint: 'the same command again in a moment, or aws-oidc login',
  })
}

/**
 * OpenID Connect Core 1.0, 12.2: a refreshed ID token has the issuer, subject and audience of the first ID token. It
 * need not have a nonce, but a nonce must equal the first one's.
 */
function checkSameSignIn(claims: Readonly<Record<string, unknown>>, earlier: Readonly<Record<string, unknown>>): void {
  for (const name of ['iss', 'sub', 'aud', 'nonce']) {
    if (name === 'nonce' && claims[name] === undefined) continue
    if (earlier.sub === undefined || sameValue(claims[name], earlier[name])) continue
    throw new AwsOidcError(
      'BAD_RESPONSE',
      `The provider renewed the sign-in with a different "${name}" in the ID token.`,
      {
        hint: 'aws-oidc login',
      },
    )
  }
}

function sameValue(a: unknown, b: unknown): boolean {
  const list = (value: unknown) => JSON.stringify(Array.isArray(value) ? value.toSorted() : [value])
  return list(a) === list(b)
}
