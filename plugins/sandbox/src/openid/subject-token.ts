import {createLocalJWKSet, jwtVerify} from 'jose'
import type {Provider} from 'oidc-provider'
import {findUser, type User} from '../account.ts'
import type {SubjectTokenType} from '../saml/order.ts'
import type {SandboxState} from '../state.ts'
import {accessTokenSeconds} from './access-token.ts'
import {publicKeys} from './signing-keys.ts'

/** The user a token is about, and the client it was issued to. */
export interface Subject {
  readonly user: User
  readonly clientId: string
}

/** The subject of a token to be exchanged; `undefined` if the token is invalid or the user is disabled. */
export async function readSubjectToken(
  token: string,
  type: SubjectTokenType,
  {provider, state}: {readonly provider: Provider; readonly state: SandboxState},
): Promise<Subject | undefined> {
  const claims = type === 'id_token' ? await readIdToken(token, state) : await readAccessToken(token, provider, state)
  const user = findUser(claims?.name ?? '')
  return claims && user && !user.disabled ? {user, clientId: claims.clientId} : undefined
}

interface Claims {
  readonly name: string
  readonly clientId: string
}

async function readAccessToken(token: string, provider: Provider, {clock}: SandboxState): Promise<Claims | undefined> {
  const found = await provider.AccessToken.find(token)
  if (!found?.clientId) return undefined
  // The provider goes by the real time, so check the expiry again by the sandbox's adjustable clock.
  const expiry = Number(found.extra?.[issuedAt]) + accessTokenSeconds
  return expiry > clock.epochSeconds() ? {name: found.accountId, clientId: found.clientId} : undefined
}

async function readIdToken(token: string, {issuer, clock, keys}: SandboxState): Promise<Claims | undefined> {
  try {
    const keySet = createLocalJWKSet(publicKeys(keys))
    const {payload} = await jwtVerify(token, keySet, {issuer, currentDate: clock.now()})
    return {name: payload.sub ?? '', clientId: String(payload.aud)}
  } catch {
    return undefined
  }
}

const issuedAt = 'issued_at'

/** Stored with each access token, because the provider's `iat` ignores the sandbox's adjustable clock. */
export function accessTokenNotes({clock}: SandboxState): Record<string, number> {
  return {[issuedAt]: clock.epochSeconds()}
}
