import * as openid from 'openid-client'
import {AwsOidcError, printable} from '../errors.ts'

/**
 * Whether the provider supports the device flow, but not for this client. Keycloak, which allows the flow per client,
 * says `unauthorized_client` with 400; with 401 that error is about the client's secret instead.
 */
export function isDeviceFlowRefused(error: unknown): error is openid.ResponseBodyError {
  return error instanceof openid.ResponseBodyError && error.error === 'unauthorized_client' && error.status !== 401
}

/**
 * Explains an error that ends a device sign-in: those of RFC 8628, 3.5 and two of Entra ID's own. `undefined` for
 * others. https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code#expected-errors
 */
export function deviceRefusal(
  {error: code, error_description: description}: openid.ResponseBodyError,
  provider: string,
): AwsOidcError | undefined {
  const said = description ? `${code} (${printable(description)})` : code
  if (code === 'expired_token' || code === 'bad_verification_code') return codeEnded(provider, said)
  if (code !== 'access_denied' && code !== 'authorization_declined') return undefined
  return new AwsOidcError('SIGN_IN_REFUSED', `The sign-in to ${provider} was declined: ${said}.`, {
    hint: 'aws-oidc login',
  })
}

export function codeEnded(provider: string, said?: string): AwsOidcError {
  const why = said === undefined ? '' : `: ${said}`
  return new AwsOidcError('TIMED_OUT', `The code from ${provider} expired before you had signed in${why}.`, {
    hint: 'aws-oidc login',
  })
}
