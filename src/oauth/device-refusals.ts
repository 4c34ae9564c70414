import * as openid from 'openid-client'
import {AwsOidcError, printable} from '../errors.ts'

/**
 * Whether the provider has the device flow, but not for this client: 400 `unauthorized_client` from Keycloak, where
 * each client has to be allowed; 401 is about the client's secret instead.
 */
export function isDeviceFlowRefused(error: unknown): error is openid.ResponseBodyError {
  return error instanceof openid.ResponseBodyError && error.error === 'unauthorized_client' && error.status !== 401
}

/**
 * What an error of RFC 8628, 3.5 that ends the sign-in means to a person, and Entra ID's own two:
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code#expected-errors
 */
export function deviceRefusal(
  {error: code, error_description: description}: openid.ResponseBodyError,
  provider: string,
): AwsOidcError | undefined {
  const said = description ? `${code} (${printable(description)})` : code
  if (code === 'expired_token' || code === 'bad_verification_code') return codeEnded(provider, said)
  if (code !== 'access_denied' && code !== 'authorization_declined') return undefined
  return new AwsOidcError('SIGN_IN_REFUSED', `The sign-in at ${provider} was declined: ${said}.`, {
    hint: 'aws-oidc login',
  })
}

export function codeEnded(provider: string, said?: string): AwsOidcError {
  const why = said === undefined ? '' : `: ${said}`
  return new AwsOidcError('TIMED_OUT', `The code of ${provider} ended before anybody had signed in${why}.`, {
    hint: 'aws-oidc login',
  })
}
