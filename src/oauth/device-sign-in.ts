import * as openid from 'openid-client'
import {type AwsOidcError, expectedFailure} from '../errors.ts'
import type {OidcClient, ProviderRefusal} from '../plugin.ts'
import {clamped} from '../text/json.ts'
import {addsOfflineAccess, scopeRefused, scopesOf} from './browser-sign-in.ts'
import {type DeviceAddresses, deviceAddresses} from './device-addresses.ts'
import {codeEnded, deviceRefusal, isDeviceFlowRefused} from './device-refusals.ts'
import {fetchKeys, type OAuthTransport} from './discovery.ts'
import {explainOAuthFailure, isOAuthError, refusalOf, retryAfterSeconds} from './problems.ts'
import {type TokenClock, type Tokens, tokensOf} from './tokens.ts'
import {verified} from './verified.ts'

export interface DeviceSignIn {
  /** Whether a refresh token is wanted. */
  readonly remember: boolean
  /** Shows address and code to the user. */
  readonly show: (code: DeviceCode) => Promise<void>
  /** Called when the provider refuses this client a refresh token; the sign-in continues without. */
  readonly onNoRenewal: () => Promise<void>
  /** Masks the secret in all output from now on. */
  readonly maskSecret: (secret: string) => void
  readonly transport: OAuthTransport
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Milliseconds of a monotonic clock, by which the code expires. */
  readonly elapsed: () => number
  readonly signal: AbortSignal
  readonly clock: TokenClock
}

/** What the user needs to sign in from any device. */
export interface DeviceCode extends DeviceAddresses {
  /** As the provider wrote it, dashes included. */
  readonly code: string
  readonly expiresAt: Date
}

/** The provider supports the device flow, but not for this client. */
export interface DeviceFlowRefused {
  readonly refusal: ProviderRefusal
}

const grantType = 'urn:ietf:params:oauth:grant-type:device_code'
// RFC 8628, 3.2 and 3.5.
const usualIntervalSeconds = 5
const shortestIntervalSeconds = 1
// Longer than any sign-in may take; credentials/sign-in.ts enforces that limit by the signal.
const longestLifeSeconds = 3600
const slowerByMilliseconds = 5_000
const longestPauseMilliseconds = 60_000

/**
 * Device authorization grant (RFC 8628) with PKCE in the device request and in each poll: Keycloak demands PKCE of a
 * client that has it set, and other providers ignore unknown parameters (RFC 8628, 3.1).
 *
 * Resolves to a refusal, before showing anything, if the provider gives this client no code. Rejects with
 * SIGN_IN_REFUSED if the user declines, with TIMED_OUT when the code expires, and with the signal's reason.
 */
export async function signInByDevice(
  configuration: openid.Configuration,
  client: OidcClient,
  {remember, show, onNoRenewal, maskSecret, transport, sleep, elapsed, signal, clock}: DeviceSignIn,
): Promise<Tokens | DeviceFlowRefused> {
  const provider = client.issuer.host
  const verifier = openid.randomPKCECodeVerifier()
  const parameters = {
    ...client.parameters,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }
  const request = (renewable: boolean) =>
    requestCode(configuration, {...parameters, scope: scopesOf(configuration, client, renewable).join(' ')})
  try {
    const requested = await request(remember).catch(async (error: unknown) => {
      if (!isOAuthError(error, scopeRefused) || !addsOfflineAccess(configuration, client, remember)) throw error
      await onNoRenewal()
      return request(false)
    })
    if ('refusal' in requested) return requested
    const {answer} = requested
    for (const secret of [verifier, answer.device_code]) maskSecret(secret)
    // Fetched first: nothing slow or fallible should come between receiving the tokens and saving them.
    const verifying = {...transport, now: clock.now}
    await fetchKeys(configuration, client, verifying)
    const life = clamped(answer.expires_in, 0, longestLifeSeconds) * 1000
    const end = elapsed() + life
    const expiresAt = new Date(clock.now().getTime() + life)
    const addresses = deviceAddresses(answer.verification_uri, answer.verification_uri_complete)
    await show({...addresses, code: answer.user_code, expiresAt})
    const poll = () =>
      verified(configuration, client, verifying, judge =>
        openid.genericGrantRequest(judge, grantType, {
          ...client.tokenParameters,
          device_code: answer.device_code,
          code_verifier: verifier,
        }),
      )
    const intervalSeconds = clamped(
      answer.interval ?? usualIntervalSeconds,
      shortestIntervalSeconds,
      longestLifeSeconds,
    )
    const tokens = await pollUntil(end, poll, {intervalSeconds, provider, sleep, elapsed, signal})
    return tokensOf(tokens, client.clientId, clock)
  } catch (error) {
    throw explainOAuthFailure(error, provider)
  }
}

async function requestCode(
  configuration: openid.Configuration,
  parameters: Record<string, string>,
): Promise<{readonly answer: openid.DeviceAuthorizationResponse} | DeviceFlowRefused> {
  try {
    return {answer: await openid.initiateDeviceAuthorization(configuration, parameters)}
  } catch (error) {
    if (isDeviceFlowRefused(error)) return {refusal: refusalOf(error)}
    throw error
  }
}

interface Polling extends Pick<DeviceSignIn, 'sleep' | 'elapsed' | 'signal'> {
  readonly intervalSeconds: number
  readonly provider: string
}

/** Polls until `end`, more slowly each time the provider says so or does not answer (RFC 8628, 3.5). */
async function pollUntil<Answer>(
  end: number,
  poll: () => Promise<Answer>,
  {intervalSeconds, provider, sleep, elapsed, signal}: Polling,
): Promise<Answer> {
  let interval = intervalSeconds * 1000
  let pause = interval
  let unanswered: AwsOidcError | undefined
  for (;;) {
    await sleepWithin(Math.min(pause, end - elapsed()), sleep, signal, unanswered)
    if (elapsed() >= end) throw unanswered ?? codeEnded(provider)
    try {
      return await poll()
    } catch (error) {
      if (isOAuthError(error, 'authorization_pending')) {
        pause = interval
        unanswered = undefined
      } else if (isOAuthError(error, 'slow_down')) {
        interval += slowerByMilliseconds
        pause = interval
        unanswered = undefined
      } else {
        unanswered = withoutAnswer(error, provider)
        pause = Math.min(2 * Math.max(pause, interval), Math.max(longestPauseMilliseconds, interval))
      }
      pause = Math.max(pause, (retryAfterSeconds(error) ?? 0) * 1000)
    }
  }
}

/** The failure of a poll that may be repeated; throws any other failure. */
function withoutAnswer(error: unknown, provider: string): AwsOidcError {
  const refusal = error instanceof openid.ResponseBodyError ? deviceRefusal(error, provider) : undefined
  const explained = refusal ?? explainOAuthFailure(error, provider)
  const known = expectedFailure(explained)
  if (known?.code === 'UNAVAILABLE') return known
  throw explained
}

/** If time runs out while the provider can't be reached, reports the provider's failure rather than a timeout. */
async function sleepWithin(
  milliseconds: number,
  sleep: DeviceSignIn['sleep'],
  signal: AbortSignal,
  unanswered: AwsOidcError | undefined,
): Promise<void> {
  try {
    await sleep(Math.max(0, milliseconds))
    signal.throwIfAborted()
  } catch (error) {
    if (unanswered && expectedFailure(error)?.code === 'TIMED_OUT') throw unanswered
    throw error
  }
}
