import {AwsOidcError, printable} from '../errors.ts'
import {Response as Fetched} from '../http/fetched.ts'
import {isSafeAddress} from '../http/loopback-address.ts'
import {isDeeperThan} from '../text/json.ts'

type Fetch<Init> = (address: string, init: Init) => Promise<Response>

/** What a member of an answer must be, and how a message names that. */
interface Kind {
  readonly said: string
  readonly fits: (value: unknown) => boolean
  /** Whether the message may quote a wrong value: only if it is no secret and helps to find the culprit. */
  readonly isShown?: boolean
}

const text: Kind = {said: 'a string', fits: value => typeof value === 'string'}
const truth: Kind = {said: 'true or false', fits: value => typeof value === 'boolean'}
const texts: Kind = {
  said: 'a list of strings',
  fits: value => Array.isArray(value) && value.every(item => typeof item === 'string'),
}
// Some providers send a string, which the library accepts too.
const seconds: Kind = {
  said: 'a number of seconds',
  fits: value => /^\d+(\.\d+)?(e\+?\d+)?$/i.test(typeof value === 'number' ? String(value) : textIn(value)),
}
const address: Kind = {said: 'an address', fits: value => URL.canParse(textIn(value)), isShown: true}
const safeAddress: Kind = {said: 'an address that is safe to use', fits: value => isSafe(textIn(value)), isShown: true}
const token: Kind = {said: 'a signed token', fits: value => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(textIn(value))}
const absent: Kind = {said: 'absent', fits: () => false}
const keys: Kind = {
  said: 'a list of public keys',
  fits: value => Array.isArray(value) && value.every(key => isObject(key) && Object.entries(key).every(isKeyMember)),
}
const aliases: Kind = {
  said: 'a list of addresses by name',
  fits: value => isObject(value) && Object.values(value).every(safeAddress.fits),
}

/**
 * The members that we and the library read, in any answer: metadata (OpenID Connect Discovery 1.0, 3;
 * RFC 8414, 2; RFC 8705, 5), keys (RFC 7517, 5), tokens and refusals (RFC 6749, 5), codes (RFC 8628, 3.2), exchanges
 * (RFC 8693, 2.2.1).
 */
const kinds: ReadonlyMap<string, Kind> = new Map([
  ...named(text, 'error', 'error_description', 'access_token', 'refresh_token', 'token_type', 'scope'),
  ...named(text, 'device_code', 'user_code', 'verification_uri', 'verification_uri_complete', 'issued_token_type'),
  ...named(address, 'issuer'),
  ...named(safeAddress, 'authorization_endpoint', 'token_endpoint', 'jwks_uri', 'device_authorization_endpoint'),
  ...named(safeAddress, 'revocation_endpoint', 'end_session_endpoint'),
  ...named(texts, 'scopes_supported', 'token_endpoint_auth_methods_supported', 'code_challenge_methods_supported'),
  ...named(texts, 'id_token_signing_alg_values_supported', 'response_types_supported', 'grant_types_supported'),
  ...named(truth, 'authorization_response_iss_parameter_supported'),
  ...named(seconds, 'expires_in', 'interval'),
  ...named(token, 'id_token'),
  ...named(keys, 'keys'),
  ...named(aliases, 'mtls_endpoint_aliases'),
])

/** The members of a key, public or secret, that Web Cryptography reads (JsonWebKey; RFC 7518, 6) and may choke on. */
const keyKinds: ReadonlyMap<string, Kind> = new Map([
  ...named(text, 'kty', 'use', 'alg', 'kid', 'crv', 'x', 'y', 'n', 'e', 'pub'),
  ...named(text, 'd', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'priv'),
  ...named(texts, 'key_ops'),
  ...named(absent, 'oth'),
])

// Metadata has four levels, a token a few more. Anything much deeper is made to exhaust its reader.
export const deepest = 50

/**
 * Wraps `fetch` to check the types of known members in JSON answers; rejects with BAD_RESPONSE, naming the member. The
 * library checks only some of them, and passes on or crashes on the rest. Members that are null are removed.
 */
export function checkedAnswers<Init>(fetch: Fetch<Init>): Fetch<Init> {
  return async (url, init) => {
    const response = await fetch(url, init)
    const content = await response.text()
    const answer = parsed(content)
    const checked = isObject(answer) ? JSON.stringify(checkedMembers(answer, new URL(url).host)) : content
    return new Fetched(checked === '' ? null : checked, {status: response.status, headers: response.headers})
  }
}

function checkedMembers(answer: object, host: string): object {
  if (isDeeperThan(answer, deepest)) throw untrusted(host, `it is nested deeper than ${deepest} levels`)
  const members = Object.entries(answer).filter(([, value]) => value !== null)
  for (const [name, value] of members) {
    const kind = kinds.get(name)
    if (kind && !kind.fits(value))
      throw untrusted(host, `"${name}" is not ${kind.said}${kind.isShown ? instead(value) : ''}`)
  }
  return Object.fromEntries(members)
}

/** The failure for an answer that no provider should give. */
function untrusted(host: string, reason: string): AwsOidcError {
  return new AwsOidcError('BAD_RESPONSE', `${host} gave an answer that can't be trusted: ${reason}.`, {
    hint: 'Tell whoever runs the provider.',
  })
}

function instead(value: unknown): string {
  return typeof value === 'string' ? `: ${printable(value, 100)}` : ''
}

function named(kind: Kind, ...names: readonly string[]): readonly (readonly [string, Kind])[] {
  return names.map(name => [name, kind])
}

function isKeyMember([name, value]: readonly [string, unknown]): boolean {
  return value === null || (keyKinds.get(name)?.fits(value) ?? true)
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isSafe(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && isSafeAddress(url)
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    // For example a web page, which the library recognizes by its content type.
    return undefined
  }
}
