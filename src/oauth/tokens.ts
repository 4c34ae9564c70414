import type * as openid from 'openid-client'
import {AwsOidcError} from '../errors.ts'
import {clamped, isDeeperThan} from '../text/json.ts'
import {deepest} from './answers.ts'

/** The tokens from a token endpoint, with the ID token's claims already verified. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken?: string | undefined
  /** Whether a refresh has returned the same refresh token, so it can be used repeatedly. */
  readonly refreshTokenLasts?: boolean | undefined
  readonly idToken?: string | undefined
  readonly claims: Readonly<Record<string, unknown>>
  /** When the access token or the ID token expires, whichever is first, by our clock. */
  readonly expiresAt: Date
}

/** Our clock, and how far the provider's clock is ahead of it. */
export interface TokenClock {
  readonly now: () => Date
  readonly offsetMilliseconds: number
}

type Answer = openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers

// RFC 6749, 5.1 lets a provider omit the access token's lifetime; the ID token's expiry still applies.
const unknownLifeSeconds = 300
const toleratedSeconds = 60
// No usable token lives longer, and an expiry in a million years does not fit a `Date`.
const longestLifeSeconds = 366 * 86_400

/**
 * Reads a token answer that the library has verified, and adds two checks that the library omits: `azp`, if present,
 * must name this client (OpenID Connect Core 1.0, 3.1.3.7), and `iat` must not lie in the future. Throws BAD_RESPONSE.
 */
export function tokensOf(answer: Answer, clientId: string, {now, offsetMilliseconds}: TokenClock): Tokens {
  const claims = answer.claims()
  const life = clamped(answer.expires_in ?? unknownLifeSeconds, 0, longestLifeSeconds)
  const ends = [now().getTime() + life * 1000]
  if (claims) {
    if (isDeeperThan(claims, deepest)) throw untrusted(`it is nested deeper than ${deepest} levels`)
    if (claims.azp !== undefined && claims.azp !== clientId) throw untrusted('its "azp" names another client')
    const providerNow = (now().getTime() + offsetMilliseconds) / 1000
    if (claims.iat > providerNow + toleratedSeconds) throw untrusted('its "iat" is in the future')
    ends.push(claims.exp * 1000 - offsetMilliseconds)
  }
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    idToken: answer.id_token,
    claims: claims ?? {},
    expiresAt: new Date(Math.min(...ends)),
  }
}

function untrusted(reason: string): AwsOidcError {
  return new AwsOidcError('BAD_RESPONSE', `The provider sent an ID token that can't be trusted: ${reason}.`, {
    hint: 'Check "clientId", then tell whoever runs the provider.',
  })
}
