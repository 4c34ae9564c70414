import type {Host, OidcClient, TokenSet} from 'aws-oidc/plugin'
import {findIssuer, issuerOf} from './issuer.ts'
import {clientOf, type KeycloakSettings} from './settings.ts'
import {codeOf, timedOut} from './sign-in-failures.ts'

export interface SignedIn {
  readonly client: OidcClient
  readonly tokens: TokenSet
}

/** Gets tokens from the realm. Pass `fresh` if the realm has refused the remembered ones. */
export async function signInAt(settings: KeycloakSettings, host: Host, fresh = false): Promise<SignedIn> {
  const {issuer, remembered} = await issuerOf(settings, host)
  try {
    return await tokensOf(issuer, settings, host, fresh)
  } catch (error) {
    const moved = remembered && codeOf(error) === 'BAD_RESPONSE' ? await findIssuer(settings, host) : issuer
    if (moved.href === issuer.href) throw timedOut(error, settings, host)
    return await tokensOf(moved, settings, host, fresh)
  }
}

async function tokensOf(issuer: URL, settings: KeycloakSettings, host: Host, fresh: boolean): Promise<SignedIn> {
  const client = clientOf(settings, issuer)
  return {client, tokens: await host.tokens(client, {fresh})}
}

/** Who signed in, and how long the sign-in lasts. */
export function userOf({claims, expiresAt, renewable}: TokenSet) {
  const subject = [claims.email, claims.preferred_username, claims.sub].find(name => typeof name === 'string')
  return {claims, expiresAt, renewable, ...(subject !== undefined && {subject})}
}
