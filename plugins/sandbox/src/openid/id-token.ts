import {CompactSign, importJWK, type JWK} from 'jose'
import {confidentialClient} from '../account.ts'
import {type JsonObject, merged} from '../json.ts'
import {generateKey, type SigningKeys} from './signing-keys.ts'

/** How to sign a token; by default as the provider does. */
export interface SigningOrder {
  readonly header?: JsonObject | undefined
  /** `foreign` is a newly made key that is in no JWKS. */
  readonly key?: 'own' | 'foreign' | undefined
  readonly alg?: string | undefined
}

export const signingAlgorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'],
  ...['EdDSA', 'HS256', 'HS384', 'HS512', 'none'],
]

/** A JWT with exactly these claims, unchecked, so that tests can make wrong tokens. */
export async function signClaims(claims: JsonObject, order: SigningOrder, keys: SigningKeys): Promise<string> {
  const alg = order.alg ?? 'RS256'
  const payload = Buffer.from(JSON.stringify(claims))
  if (alg === 'none') return unsigned(merged({alg}, order.header ?? {}), payload)
  if (alg.startsWith('HS')) {
    // The classic forgery signs with a value that everyone knows, hoping that the verifier takes it for an HMAC secret.
    return sign(payload, {alg}, order, Buffer.from(confidentialClient.clientSecret.repeat(4)))
  }
  const key = order.key === 'foreign' ? (await generateKey(alg)).privateKey : ownKey(alg, keys)
  return sign(payload, {alg, kid: key.kid}, order, await importJWK(key, alg))
}

/** Whether the provider has a key of its own for `alg`. */
export function hasOwnKey(alg: string): boolean {
  return !['ES384', 'ES512', 'EdDSA'].includes(alg)
}

function ownKey(alg: string, keys: SigningKeys): JWK {
  if (!hasOwnKey(alg)) throw new RangeError(`The provider has no key for ${alg}.`)
  return alg === 'ES256' ? keys.ec.privateKey : keys.rsa.privateKey
}

async function sign(
  payload: Uint8Array,
  header: {alg: string; kid?: string | undefined},
  order: SigningOrder,
  key: Parameters<CompactSign['sign']>[0],
): Promise<string> {
  const fullHeader = {...merged(header, order.header ?? {}), alg: header.alg}
  return new CompactSign(payload).setProtectedHeader(fullHeader).sign(key)
}

function unsigned(header: JsonObject, payload: Buffer): string {
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload.toString('base64url')}.`
}
