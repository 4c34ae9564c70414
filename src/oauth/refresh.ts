import * as openid from 'openid-client'
import {AwsOidcError} from '../errors.ts'
import {explainOAuthFailure, isInvalidGrant} from './problems.ts'
import {type TokenClock, type Tokens, tokensOf} from './tokens.ts'

/**
 * New tokens for a refresh token (RFC 6749, 6), or `undefined` when the provider says that it no longer works. The
 * answer may hold a new refresh token, and the old one may be dead from then on: save the answer before using it. The
 * clock is looked at afterwards: the answer may be the first that tells the provider's time.
 */
export async function refresh(
  configuration: openid.Configuration,
  refreshToken: string,
  earlierClaims: Readonly<Record<string, unknown>>,
  clock: () => TokenClock,
): Promise<Tokens | undefined> {
  try {
    const answer = await openid.refreshTokenGrant(configuration, refreshToken)
    const tokens = tokensOf(answer, configuration.clientMetadata().client_id, clock())
    if (tokens.idToken) checkSameSignIn(tokens.claims, earlierClaims)
    return tokens
  } catch (error) {
    if (isInvalidGrant(error)) return undefined
    throw explainOAuthFailure(error, new URL(configuration.serverMetadata().issuer).host)
  }
}

/**
 * OpenID Connect Core 1.0, 12.2: a refreshed ID token has the issuer, subject and audience of the first one. It need
 * not have a nonce; one that is there must be the first one's.
 */
function checkSameSignIn(claims: Readonly<Record<string, unknown>>, earlier: Readonly<Record<string, unknown>>): void {
  for (const name of ['iss', 'sub', 'aud', 'nonce']) {
    if (name === 'nonce' && claims[name] === undefined) continue
    if (earlier.sub === undefined || sameValue(claims[name], earlier[name])) continue
    throw new AwsOidcError('BAD_RESPONSE', `The provider renewed the sign-in with another "${name}" in the ID token.`, {
      hint: 'aws-oidc login --force',
    })
  }
}

function sameValue(a: unknown, b: unknown): boolean {
  const list = (value: unknown) => JSON.stringify(Array.isArray(value) ? value.toSorted() : [value])
  return list(a) === list(b)
}
