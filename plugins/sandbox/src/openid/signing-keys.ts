import {calculateJwkThumbprint, exportJWK, generateKeyPair, type JSONWebKeySet, type JWK} from 'jose'

interface KeyPair {
  readonly privateKey: JWK
  readonly publicKey: JWK
}

/** The provider's keys: one RSA, which signs its ID tokens, and one P-256 for tokens minted with ES256. */
export interface SigningKeys {
  readonly rsa: KeyPair
  readonly ec: KeyPair
}

export async function generateSigningKeys(): Promise<SigningKeys> {
  const [rsa, ec] = await Promise.all([generateKey('RS256'), generateKey('ES256')])
  return {rsa, ec}
}

export function publicKeys({rsa, ec}: SigningKeys): JSONWebKeySet {
  return {keys: [rsa.publicKey, ec.publicKey]}
}

export function privateKeys({rsa, ec}: SigningKeys): JSONWebKeySet {
  return {keys: [rsa.privateKey, ec.privateKey]}
}

/** A key pair that can sign with `alg`. The keys don't name the algorithm: one RSA key serves RS256 to RS512. */
export async function generateKey(alg: string): Promise<KeyPair> {
  const pair = await generateKeyPair(alg, {extractable: true})
  const publicJwk = await exportJWK(pair.publicKey)
  const kid = await calculateJwkThumbprint(publicJwk)
  const privateJwk = await exportJWK(pair.privateKey)
  return {publicKey: {...publicJwk, kid, use: 'sig'}, privateKey: {...privateJwk, kid, use: 'sig'}}
}
