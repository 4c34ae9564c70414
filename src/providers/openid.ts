import type {Host, Identity, OidcClient, SettingSpecs, SignOutOptions, TokenSet} from '../plugin.ts'

/** The settings shared by strategies that start with OpenID Connect. */
export interface ClientSettings {
  readonly issuer: URL
  readonly clientId: string
  readonly clientSecret?: string
  readonly clientAuthentication?: 'basic' | 'post'
}

type Specs = SettingSpecs<ClientSettings>

export const clientSettings: Omit<Specs, 'clientAuthentication'> = {
  issuer: {type: 'url', description: 'the issuer, or the address of its metadata', required: true},
  clientId: {type: 'string', description: 'the client registered for aws-oidc', required: true},
  clientSecret: {type: 'string', description: 'for a confidential client', secret: true},
}

/** Rarely needed, so `setup` asks for it last. */
export const authenticationSetting: Pick<Specs, 'clientAuthentication'> = {
  clientAuthentication: {
    type: 'string',
    description: 'how to send the client secret, if not as the provider says',
    oneOf: ['basic', 'post'],
  },
}

export function clientOf({issuer, clientId, clientSecret, clientAuthentication: method}: ClientSettings): OidcClient {
  if (clientSecret === undefined) return {issuer, clientId}
  return {issuer, clientId, authentication: {secret: clientSecret, ...(method && {method})}}
}

/** Who signed in, and how long the sign-in lasts. */
export function userOf({
  claims,
  expiresAt,
  renewable,
}: TokenSet): Pick<Identity, 'subject' | 'claims' | 'expiresAt' | 'renewable'> {
  const subject = [claims.email, claims.preferred_username, claims.sub].find(name => typeof name === 'string')
  return {claims, expiresAt, renewable, ...(subject !== undefined && {subject})}
}

/** The ID token. Throws BAD_RESPONSE, quoting `purpose`, if there is none. */
export function idTokenOf({idToken}: TokenSet, purpose: string, host: Host): string {
  if (idToken !== undefined) return idToken
  throw host.error('BAD_RESPONSE', `The provider gave no ID token, which ${purpose}.`, {
    hint: 'Check that the scopes of the provider include "openid".',
  })
}

export async function signOutOf(client: OidcClient, host: Host, {everywhere}: SignOutOptions): Promise<void> {
  try {
    await host.revoke(client)
  } finally {
    if (everywhere) await host.endSession(client)
  }
}
