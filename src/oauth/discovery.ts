import * as openid from 'openid-client'
import {AwsOidcError} from '../errors.ts'
import {isLoopback} from '../loopback-address.ts'
import type {OidcClient} from '../plugin.ts'
import {explainOAuthFailure} from './problems.ts'

export interface OAuthDoors {
  readonly fetch: typeof globalThis.fetch
  /** By how many milliseconds the clock behind that address is ahead of ours. */
  readonly offsetTo: (url: URL) => number
}

/**
 * The provider's metadata, ready for requests as this client (OpenID Connect Discovery 1.0). Signatures of ID tokens
 * are checked against the provider's keys, which the library leaves out unless told.
 */
export async function discover(client: OidcClient, doors: OAuthDoors): Promise<openid.Configuration> {
  const {issuer, clientId} = client
  const authentication = authenticate(client)
  const customFetch: openid.CustomFetch = (url, {body, ...init}) => doors.fetch(url, {...init, body: body ?? null})
  const insecure = issuer.protocol === 'http:' && isLoopback(issuer.hostname)
  try {
    const found = await openid.discovery(issuer, clientId, undefined, authentication, {
      [openid.customFetch]: customFetch,
      execute: insecure ? [openid.allowInsecureRequests] : [],
    })
    const skew = Math.round(doors.offsetTo(issuer) / 1000)
    const configuration = new openid.Configuration(
      found.serverMetadata(),
      clientId,
      {[openid.clockSkew]: skew},
      authentication,
    )
    configuration[openid.customFetch] = customFetch
    if (insecure) openid.allowInsecureRequests(configuration)
    openid.enableNonRepudiationChecks(configuration)
    return configuration
  } catch (error) {
    throw explainOAuthFailure(error, issuer.host)
  }
}

/** RFC 6749, 2.3.1: Basic unless the provider says that it takes the secret in the body only. */
function authenticate({authentication}: OidcClient): openid.ClientAuth {
  if (!authentication) return openid.None()
  if (!('secret' in authentication)) {
    throw new AwsOidcError('CONFIG_INVALID', 'This version can not authenticate a client with a private key.')
  }
  const [basic, post] = [
    openid.ClientSecretBasic(authentication.secret),
    openid.ClientSecretPost(authentication.secret),
  ]
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const chosen = methods.includes('client_secret_basic') ? basic : post
    return chosen(server, client, body, headers)
  }
}
