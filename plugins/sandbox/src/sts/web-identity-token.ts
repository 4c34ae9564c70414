import {compactVerify, createLocalJWKSet, decodeJwt, decodeProtectedHeader} from 'jose'
import {isJsonObject, type JsonObject} from '../json.ts'
import type {SandboxState} from '../state.ts'
import {invalidIdentityToken, StsError} from './errors.ts'
import {openIdProvider} from './providers.ts'
import type {OpenIdTrust} from './trust.ts'

const acceptedAlgorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']
const timeClaims = ['iat', 'exp', 'nbf', 'auth_time']

export interface WebIdentity {
  readonly issuer: string
  readonly subject: string
  readonly audience: string
}

/** Verifies a token as STS does, in its order: form, issuer, signature, times, audience. */
export async function verifyWebIdentityToken(token: string, state: SandboxState): Promise<WebIdentity> {
  const claims = readClaims(token)
  const provider = openIdProvider(claims.iss, state)
  if (!provider) {
    throw invalidIdentityToken(`No OpenIDConnect provider found in your account for ${String(claims.iss)}`)
  }
  await verifySignature(token, provider)
  checkTimes(claims, state.clock.epochSeconds())
  const subject = claims.sub
  if (typeof subject !== 'string' || subject === '') throw invalidIdentityToken('Missing a required claim: sub')
  return {issuer: provider.issuer, subject, audience: audienceOf(claims, provider)}
}

function readClaims(token: string): JsonObject {
  try {
    const {alg} = decodeProtectedHeader(token)
    if (!acceptedAlgorithms.includes(alg ?? '')) {
      throw invalidIdentityToken('The ID Token provided is signed by an algorithm that is not supported.')
    }
    const claims: unknown = decodeJwt(token)
    if (isJsonObject(claims)) return claims
  } catch (error) {
    if (error instanceof StsError) throw error
  }
  throw invalidIdentityToken(
    'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
  )
}

async function verifySignature(token: string, {keys}: OpenIdTrust): Promise<void> {
  try {
    await compactVerify(token, createLocalJWKSet(keys), {algorithms: acceptedAlgorithms})
  } catch (cause) {
    throw Object.assign(invalidIdentityToken('The signature of the ID Token could not be verified.'), {cause})
  }
}

function checkTimes(claims: JsonObject, now: number): void {
  const wrong = timeClaims.find(name => claims[name] !== undefined && !Number.isInteger(claims[name]))
  if (wrong) throw invalidIdentityToken(`The claim ${wrong} of the ID Token must be an integer.`)
  const missing = ['iat', 'exp'].find(name => claims[name] === undefined)
  if (missing) throw invalidIdentityToken(`Missing a required claim: ${missing}`)
  const expiry = Number(claims.exp)
  if (expiry <= now) {
    const message = `Token expired: current date/time ${now} must be before the expiration date/time ${expiry}`
    throw new StsError('ExpiredTokenException', message)
  }
  if (Number(claims.nbf ?? now) > now) throw invalidIdentityToken('The ID Token provided is not valid yet.')
}

/** The value of the condition key `aud`: the token's `azp` if present (its `aud` is then `oaud`), else its `aud`. */
function audienceOf({aud, azp}: JsonObject, {audiences}: OpenIdTrust): string {
  const candidates = azp === undefined ? [aud].flat() : [azp]
  const audience = candidates.find(candidate => typeof candidate === 'string' && audiences.includes(candidate))
  if (typeof audience !== 'string') throw invalidIdentityToken('Incorrect token audience')
  return audience
}
