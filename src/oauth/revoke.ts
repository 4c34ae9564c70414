import * as openid from 'openid-client'
import {AwsOidcError, expectedFailure, printable} from '../errors.ts'
import {isSafeAddress} from '../http/loopback-address.ts'
import {explainOAuthFailure} from './problems.ts'

/** Revokes a token at the provider (RFC 7009). A token that the provider does not know counts as revoked. */
export async function revoke(configuration: openid.Configuration, token: string): Promise<void> {
  const {revocation_endpoint: address} = configuration.serverMetadata()
  const provider = hostOf(configuration)
  if (address === undefined) throw new AwsOidcError('NOT_APPLICABLE', `${provider} offers no way to revoke tokens.`)
  try {
    await openid.tokenRevocation(configuration, token)
  } catch (error) {
    if (expectedFailure(error) || !(error instanceof openid.ResponseBodyError)) {
      throw explainOAuthFailure(error, provider)
    }
    throw new AwsOidcError('BAD_RESPONSE', `${provider} did not revoke the tokens: ${printable(error.error, 80)}.`)
  }
}

/**
 * The address that ends the provider's session in the browser (OpenID Connect RP-Initiated Logout 1.0). Omits
 * `id_token_hint`, although the provider may then ask for confirmation: other programs can see an address, and an ID
 * token is good for AWS credentials. Throws NOT_APPLICABLE without such an address, BAD_RESPONSE for an unsafe one.
 */
export function endSessionAddress(configuration: openid.Configuration): URL {
  const provider = hostOf(configuration)
  const url = URL.parse(configuration.serverMetadata().end_session_endpoint ?? '')
  if (!url) throw new AwsOidcError('NOT_APPLICABLE', `${provider} offers no address that ends its session.`)
  if (!isSafeAddress(url)) {
    throw new AwsOidcError('BAD_RESPONSE', `${provider} names an address that is not safe to open: ${url.origin}.`)
  }
  url.searchParams.set('client_id', configuration.clientMetadata().client_id)
  return url
}

function hostOf(configuration: openid.Configuration): string {
  return new URL(configuration.serverMetadata().issuer).host
}
