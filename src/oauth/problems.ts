import * as openid from 'openid-client'
import {AwsOidcError, expectedFailure, printable, refusalInWords} from '../errors.ts'
import {isResponse} from '../http/fetched.ts'
import type {ProviderRefusal} from '../plugin.ts'

/**
 * Turns a failure of the OAuth library into an expected one; other errors pass unchanged. Drops its causes, which
 * contain the provider's answers and so tokens.
 */
export function explainOAuthFailure(error: unknown, provider: string): unknown {
  const known = expectedFailure(error)
  if (known) return known
  if (error instanceof openid.AuthorizationResponseError) return refusedAuthorization(error, provider)
  if (error instanceof openid.ResponseBodyError) return refusedTokens(error, provider)
  if (error instanceof openid.WWWAuthenticateChallengeError) return refusedClient(error, provider)
  if (!isOfLibrary(error)) return error

  if (isUnverified(error)) return new UnverifiedToken(provider, error)
  const status = statusOf(error)
  if (status !== undefined && isPassing({status})) {
    return new AwsOidcError('UNAVAILABLE', `${provider} answered with HTTP ${status}.`, {
      hint: 'the same command again in a moment',
    })
  }
  const about = status === undefined ? describe(error) : `it answered with HTTP ${status}`
  return new AwsOidcError('BAD_RESPONSE', `${provider} gave an answer that can't be trusted: ${about}.`, {
    hint: 'Check "issuer" and "clientId", then tell whoever runs the provider.',
  })
}

/** An ID token that none of the provider's keys has signed. */
export class UnverifiedToken extends AwsOidcError {
  constructor(provider: string, error: Error) {
    super('BAD_RESPONSE', `${provider} gave an answer that can't be trusted: ${describe(error)}.`, {
      hint: 'Check "issuer" and "clientId", then tell whoever runs the provider.',
    })
  }
}

/** Whether an ID token could not be verified, as opposed to verified and found wrong. */
export function isUnverified(error: unknown): boolean {
  if (error instanceof UnverifiedToken) return true
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && at.code === 'OAUTH_KEY_SELECTION_FAILED') return true
    // The library has no code for a wrong signature, but puts the signature into `cause`.
    if (at.cause !== null && typeof at.cause === 'object' && 'signature' in at.cause) return true
  }
  return false
}

/** The JSON body of an answer that the library leaves unread, such as a challenge (RFC 6749, 5.2); else `undefined`. */
export async function bodyOf(response: Response): Promise<Readonly<Record<string, unknown>> | undefined> {
  const body: unknown = await response.json().catch(() => undefined)
  return body !== null && typeof body === 'object' ? {...body} : undefined
}

/** Whether the provider answered with this error code. */
export function isOAuthError(error: unknown, code: string): boolean {
  return error instanceof openid.ResponseBodyError && error.error === code
}

/** The seconds in the `Retry-After` of a failed request (RFC 9110, 10.2.3); `undefined` without one or for a date. */
export function retryAfterSeconds(error: unknown): number | undefined {
  const response =
    error instanceof openid.ResponseBodyError ? error.response : error instanceof Error ? error.cause : undefined
  const header = isResponse(response) ? response.headers.get('retry-after') : null
  return header !== null && /^\d{1,5}$/.test(header) ? Number(header) : undefined
}

// Statuses of a proxy or a busy server, whatever the body says.
const passingStatuses: ReadonlySet<number> = new Set([407, 408, 429])
// RFC 6749, 4.1.2.1 and RFC 8628, 3.5.
const passingErrors: ReadonlySet<string> = new Set(['temporarily_unavailable', 'server_error', 'slow_down'])

/** Whether a refusal is temporary, so that the same request may succeed later. */
export function isPassing({status, error}: {readonly status: number; readonly error?: string | undefined}): boolean {
  return status >= 500 || passingStatuses.has(status) || (error !== undefined && passingErrors.has(error))
}

function refusedAuthorization(error: openid.AuthorizationResponseError, provider: string): AwsOidcError {
  const code = passingErrors.has(error.error) ? 'UNAVAILABLE' : 'SIGN_IN_REFUSED'
  return new AwsOidcError(code, `${provider} refused the sign-in: ${inWords(error)}.`, {
    hint:
      error.error === 'access_denied'
        ? 'aws-oidc login'
        : 'Check "clientId", "scopes" and "parameters" of the provider.',
    refusal: refusalOf(error),
  })
}

// Some providers don't decode the secret in HTTP Basic, and so reject one with a colon or a percent sign.
const checkClient =
  'Check "clientId" and "clientSecret" of the provider; if both are right, try "clientAuthentication: post" or basic.'
const withoutDpop =
  'Have the provider give this client tokens without DPoP (RFC 9449), which aws-oidc does not support.'

const hints: ReadonlyMap<string, string> = new Map([
  ['invalid_client', checkClient],
  ['unauthorized_client', checkClient],
  // RFC 9449, 5 and 8.
  ['invalid_dpop_proof', withoutDpop],
  ['use_dpop_nonce', withoutDpop],
  // All that Keycloak says if a client must use DPoP.
  [
    'invalid_request',
    'Tell whoever runs the provider: it requires something of this client that aws-oidc does not send, such as DPoP (RFC 9449).',
  ],
])

function refusedTokens(error: openid.ResponseBodyError, provider: string): AwsOidcError {
  if (isPassing(error)) {
    return new AwsOidcError('UNAVAILABLE', `${provider} answered with HTTP ${error.status}: ${inWords(error)}.`, {
      hint: 'the same command again in a moment',
    })
  }
  return new AwsOidcError('SIGN_IN_REFUSED', `${provider} gave no tokens: ${inWords(error)}.`, {
    hint: hints.get(error.error) ?? 'aws-oidc login',
    refusal: refusalOf(error),
  })
}

/** RFC 6749, 5.2: a client with the wrong secret gets a challenge with `invalid_client`. */
function refusedClient({status, cause}: openid.WWWAuthenticateChallengeError, provider: string): AwsOidcError {
  const {error = 'invalid_client', error_description} =
    cause.map(({parameters}) => parameters).find(parameters => parameters.error !== undefined) ?? {}
  const reason = printable(error, 80)
  return new AwsOidcError('SIGN_IN_REFUSED', `${provider} refused this client with HTTP ${status}: ${reason}.`, {
    hint: hints.get(error) ?? checkClient,
    refusal: refusalOf({error, error_description}),
  })
}

/** Some errors of the library are of classes it does not export, but all of these have a code starting with OAUTH_. */
function isOfLibrary(error: unknown): error is Error {
  if (error instanceof openid.ClientError) return true
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('OAUTH_')
}

interface OAuthError {
  readonly error: string
  readonly error_description?: string | undefined
}

export function refusalOf({error, error_description: description}: OAuthError): ProviderRefusal {
  return {error: printable(error, 80), ...(description && {description: printable(description)})}
}

function inWords(oauthError: OAuthError): string {
  return refusalInWords(refusalOf(oauthError))
}

export function statusOf(error: Error): number | undefined {
  return isResponse(error.cause) ? error.cause.status : undefined
}

/** The library puts the values it compared into `cause`. The name of the claim or member helps and is no secret. */
function describe(error: Error): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const {cause} = at
    if (cause === null || typeof cause !== 'object' || cause instanceof Error) continue
    const name = 'claim' in cause ? cause.claim : 'attribute' in cause ? cause.attribute : undefined
    if (typeof name === 'string') return `${printable(at.message)} ("${printable(name, 40)}")`
  }
  return printable(error.cause instanceof Error ? error.cause.message : error.message)
}
