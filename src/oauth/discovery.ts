import * as openid from 'openid-client'
import {AwsOidcError, printable} from '../errors.ts'
import {Response} from '../http/fetched.ts'
import {isLoopback, isSafeAddress} from '../http/loopback-address.ts'
import type {OidcClient, OidcEndpoints} from '../plugin.ts'
import {parseObject, readObject} from '../text/json.ts'
import {checkedAnswers} from './answers.ts'
import {withClientHeaders} from './client-headers.ts'
import {explainDiscoveryFailure, type MetadataAnswer} from './discovery-failure.ts'

export interface OAuthTransport {
  readonly fetch: typeof globalThis.fetch
  /** How many milliseconds the clock of the server at `url` is ahead of ours. */
  readonly offsetTo: (url: URL) => number
  /** Whether we present a client certificate: endpoints may then have separate addresses (RFC 8705, 5). */
  readonly mutualTls: boolean
}

/** A provider's metadata and the keys that sign its ID tokens. */
export interface ProviderFacts {
  readonly metadata: Readonly<Record<string, unknown>>
  readonly keys: readonly openid.JWK[]
}

/**
 * Fetches the provider's metadata and prepares requests as this client (OpenID Connect Discovery 1.0). Enables the
 * check of ID token signatures, which the library omits by default. With `facts`, fetches nothing and applies the same
 * checks to them.
 */
export async function discover(
  client: OidcClient,
  transport: OAuthTransport,
  facts?: ProviderFacts & {readonly now: Date},
): Promise<openid.Configuration> {
  const {issuer, clientId, endpoints} = client
  const authentication = authenticate(client)
  const insecure = issuer.protocol === 'http:' && isLoopback(issuer.hostname)
  // Without the library's signal: its time limit would abort a request before `transport` can report the cause, and, in
  // a process that was suspended, before the answer that has arrived is read.
  const fetch = withClientHeaders(transport.fetch, client)
  const customFetch = checkedAnswers((address: string, {method, headers, body}: openid.CustomFetchOptions) =>
    fetch(safe(address), {method, headers, body: body ?? null}),
  )
  const recalled = facts && checkedAnswers(async () => Response.json(facts.metadata))
  let answer: MetadataAnswer | undefined
  const askedFor: openid.CustomFetch = async (address, options) => {
    const response = await customFetch(address, options)
    answer = {address: new URL(address), status: response.status}
    return response
  }
  const find = async () => {
    if (endpoints) return metadataOf(issuer, endpoints)
    const found = await openid.discovery(issuer, clientId, undefined, authentication, {
      [openid.customFetch]: recalled ?? askedFor,
      execute: insecure ? [openid.allowInsecureRequests] : [],
    })
    return found.serverMetadata()
  }
  try {
    const metadata = await find()
    const skew = Math.round(transport.offsetTo(issuer) / 1000)
    const configuration = new openid.Configuration(
      metadata,
      clientId,
      {[openid.clockSkew]: skew, use_mtls_endpoint_aliases: transport.mutualTls},
      authentication,
    )
    configuration[openid.customFetch] = customFetch
    if (insecure) openid.allowInsecureRequests(configuration)
    openid.enableNonRepudiationChecks(configuration)
    if (facts) setKeys(configuration, facts.keys, facts.now)
    return configuration
  } catch (error) {
    throw explainDiscoveryFailure(error, issuer, answer)
  }
}

/** What the metadata document of a provider without one would say. */
function metadataOf({href}: URL, endpoints: OidcEndpoints): openid.ServerMetadata {
  const {token, authorization, deviceAuthorization, jwks, revocation, endSession} = endpoints
  return {
    issuer: endpoints.issuer ?? href.replace(/\/$/, ''),
    token_endpoint: token.href,
    ...(authorization && {authorization_endpoint: authorization.href}),
    ...(deviceAuthorization && {device_authorization_endpoint: deviceAuthorization.href}),
    ...(jwks && {jwks_uri: jwks.href}),
    ...(revocation && {revocation_endpoint: revocation.href}),
    ...(endSession && {end_session_endpoint: endSession.href}),
  }
}

/**
 * Fetches the provider's keys now, so that checking the next ID token needs no request that could fail. Does nothing if
 * the metadata has no `jwks_uri`: the check will report that. Rejects with UNAVAILABLE or BAD_RESPONSE.
 */
export async function fetchKeys(
  configuration: openid.Configuration,
  client: Pick<OidcClient, 'headers'>,
  transport: Pick<OAuthTransport, 'fetch'> & {readonly now: () => Date},
): Promise<void> {
  const {issuer, jwks_uri: address} = configuration.serverMetadata()
  if (address === undefined) return
  const send = withClientHeaders(transport.fetch, client)
  const fetch = checkedAnswers((url: string, init: RequestInit) => send(safe(url), init))
  const response = await fetch(address, {headers: {accept: 'application/json'}})
  const keys = response.ok ? readKeys(await response.text()) : undefined
  const {host} = new URL(issuer)
  if (keys) {
    setKeys(configuration, keys, transport.now())
  } else if (response.status >= 500) {
    throw new AwsOidcError('UNAVAILABLE', `${host} answered with HTTP ${response.status}.`, {
      hint: 'the same command again in a moment',
    })
  } else {
    throw new AwsOidcError('BAD_RESPONSE', `${host} gave no keys for checking its ID tokens.`, {
      hint: 'Tell whoever runs the provider.',
    })
  }
}

/** The facts a configuration was made from; `undefined` until its keys are known. */
export function factsOf(configuration: openid.Configuration): ProviderFacts | undefined {
  const keys = openid.getJwksCache(configuration)?.jwks.keys
  return keys && {metadata: {...configuration.serverMetadata()}, keys}
}

/** Parses facts from JSON; `undefined` for anything else. */
export function parseFacts(text: string): ProviderFacts | undefined {
  const keys = readKeys(text)
  return keys && {metadata: readObject(parseObject(text).metadata), keys}
}

/** Marks the keys as just fetched, whatever their age, so that the library does not refetch them at a bad moment. */
function setKeys(configuration: openid.Configuration, keys: readonly openid.JWK[], now: Date): void {
  openid.setJwksCache(configuration, {jwks: {keys: [...keys]}, uat: Math.floor(now.getTime() / 1000)})
}

function readKeys(text: string): openid.JWK[] | undefined {
  const {keys} = parseObject(text)
  return Array.isArray(keys) ? keys.filter(key => key !== null && typeof key === 'object') : undefined
}

/** An issuer on this machine may use http, but its metadata must not lead to plain http elsewhere. */
function safe(address: string): URL {
  const url = URL.parse(address)
  if (url && isSafeAddress(url)) return url
  const named = printable(url?.origin ?? address, 100)
  throw new AwsOidcError('BAD_RESPONSE', `The provider names an address that is not safe to use: ${named}.`)
}

/** RFC 6749, 2.3.1: the configured method; else Basic, unless the provider lists methods without it. */
function authenticate({authentication}: OidcClient): openid.ClientAuth {
  if (!authentication) return openid.None()
  if (!('secret' in authentication)) {
    throw new AwsOidcError('CONFIG_INVALID', "This version can't authenticate a client with a private key.")
  }
  const {secret, method} = authentication
  const [basic, post] = [openid.ClientSecretBasic(secret), openid.ClientSecretPost(secret)]
  if (method) return method === 'basic' ? basic : post
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const chosen = methods.includes('client_secret_basic') ? basic : post
    return chosen(server, client, body, headers)
  }
}
