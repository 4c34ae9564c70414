import type * as openid from 'openid-client'
import {AwsOidcError} from '../errors.ts'
import {clamped, isDeeperThan} from '../text/json.ts'
import {deepest} from './answers.ts'

/** What a token endpoint gave, with the ID token's claims already verified. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken?: string | undefined
  /** Whether a refresh has left that token as it was, so that it may be used any number of times. */
  readonly refreshTokenLasts?: boolean | undefined
  readonly idToken?: string | undefined
  readonly claims: Readonly<Record<string, unknown>>
  /** When the first of access token and ID token ends, by our clock. */
  readonly expiresAt: Date
}

/** What is needed to judge times: our clock, and by how much the provider's is ahead of it. */
export interface TokenClock {
  readonly now: () => Date
  readonly offsetMilliseconds: number
}

type Answer = openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers

// RFC 6749, 5.1 lets a provider leave out the access token's life; the ID token's own limit still holds.
const unknownLifeSeconds = 300
const toleratedSeconds = 60
// No token that we can use lives longer; what ends in a million years is no `Date`.
const longestLifeSeconds = 366 * 86_400

/**
 * Reads a token answer that the library has verified, and adds two checks that it leaves out: OpenID Connect Core
 * 1.0, 3.1.3.7 says that a present `azp` names this client, and a token can't have been issued in the future.
 */
export function tokensOf(answer: Answer, clientId: string, {now, offsetMilliseconds}: TokenClock): Tokens {
  const claims = answer.claims()
  const life = clamped(answer.expires_in ?? unknownLifeSeconds, 0, longestLifeSeconds)
  const ends = [now().getTime() + life * 1000]
  if (claims) {
    if (isDeeperThan(claims, deepest)) throw untrusted(`it is nested deeper than ${deepest} levels`)
    if (claims.azp !== undefined && claims.azp !== clientId) throw untrusted('its "azp" names another client')
    const providerNow = (now().getTime() + offsetMilliseconds) / 1000
    if (claims.iat > providerNow + toleratedSeconds) throw untrusted('its "iat" lies in the future')
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
