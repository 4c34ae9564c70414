import {Buffer} from 'node:buffer'
import {randomUUID} from 'node:crypto'
import type {TokenSet} from '../plugin.ts'

/** A new, unique token set as from an OpenID provider. The ID token has the form of a JWT, but no valid signature. */
export function fakeTokens(
  claims: Readonly<Record<string, unknown>> = {sub: 'alice', email: 'alice@example.com'},
  expiresAt: Date = new Date('2026-01-01T01:00:00Z'),
): TokenSet {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const body = {jti: randomUUID(), exp: Math.floor(expiresAt.getTime() / 1000), ...claims}
  return {
    accessToken: `access-${randomUUID()}`,
    idToken: `${part({alg: 'RS256', typ: 'JWT'})}.${part(body)}.c2lnbmF0dXJl`,
    claims,
    expiresAt,
    renewable: true,
    remembered: false,
  }
}
