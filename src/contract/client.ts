/**
 * What a strategy may ask of the host for an OIDC client, checked as data. Throws an Error that names the member: what a
 * strategy of ours would not get past the compiler must not surprise the provider either.
 */
import type {OidcClient} from '../plugin.ts'
import {objectIn, optional, shown, textIn, urlIn} from './values.ts'

// RFC 9110, 5.1 and 5.5.
const headerName = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/
const headerValue = /^[\t\x20-\x7E]+$/

/** Set by the protocol, or by whatever sends the request. */
const ownHeaders = new Set([
  'accept',
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'dpop',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** RFC 6749, 4.1.3 and 6; RFC 7521, 4.2; RFC 7636, 4.5; RFC 8628, 3.4. */
const ownParameters = new Set([
  'client_assertion',
  'client_assertion_type',
  'client_id',
  'client_secret',
  'code',
  'code_verifier',
  'device_code',
  'grant_type',
  'redirect_uri',
  'refresh_token',
])

const endpointNames = [
  'authorization',
  'deviceAuthorization',
  'endSession',
  'jwks',
  'revocation',
  'token',
] satisfies readonly (keyof NonNullable<OidcClient['endpoints']>)[]

/** Throws if a client's `headers`, `tokenParameters`, `endpoints` or `offlineAccess` are not what the contract says. */
export function checkClient({headers, tokenParameters, endpoints, offlineAccess}: OidcClient): void {
  for (const [name, value] of textsIn(headers, '"headers" of the client')) {
    if (!headerName.test(name) || ownHeaders.has(name.toLowerCase())) {
      throw new Error(`"headers" of the client may not have ${shown(name)}`)
    }
    if (!headerValue.test(value))
      throw new Error(`the header ${shown(name)} of the client has a character that no header may have`)
  }
  for (const [name] of textsIn(tokenParameters, '"tokenParameters" of the client')) {
    if (ownParameters.has(name)) throw new Error(`"tokenParameters" of the client may not have ${shown(name)}`)
  }
  checkEndpoints(endpoints)
  if (typeof offlineAccess === 'object' && offlineAccess !== null) {
    textsIn(offlineAccess.parameters, '"parameters" of offlineAccess of the client')
  } else if (offlineAccess !== undefined && offlineAccess !== 'scope' && offlineAccess !== 'none') {
    throw new Error(`"offlineAccess" of the client is ${shown(offlineAccess)}, not "scope", "none" or an object`)
  }
}

function textsIn(value: unknown, what: string): readonly (readonly [name: string, text: string])[] {
  const members = optional(value, objectIn, what) ?? {}
  return Object.entries(members).map(([name, text]) => [name, textIn(text, `${shown(name)} in ${what}`)] as const)
}

function checkEndpoints(value: unknown): void {
  const what = '"endpoints" of the client'
  const endpoints = optional(value, objectIn, what)
  if (!endpoints) return
  optional(endpoints.issuer, textIn, `"issuer" in ${what}`)
  for (const name of endpointNames) {
    const endpoint = endpoints[name]
    if (endpoint !== undefined || name === 'token') urlIn(endpoint, `"${name}" in ${what}`)
  }
}
