import {Buffer} from 'node:buffer'
import {randomUUID} from 'node:crypto'
import type {TokenSet} from '../plugin.ts'

/** Tokens as an OpenID provider gives them, unlike any others; the ID token has the form of a JWT but no signature. */
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
