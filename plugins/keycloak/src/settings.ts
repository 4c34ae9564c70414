import type {OidcClient} from 'aws-oidc/plugin'

export interface KeycloakSettings {
  readonly url: URL
  readonly realm: string
  readonly clientId: string
  readonly clientSecret?: string
  readonly clientAuthentication?: 'basic' | 'post'
  readonly federation: 'oidc' | 'saml2'
  readonly rolesClaim?: string
  readonly audience: string
}

export function clientOf(settings: KeycloakSettings, issuer: URL): OidcClient {
  const {clientId, clientSecret, clientAuthentication: method} = settings
  if (clientSecret === undefined) return {issuer, clientId}
  return {issuer, clientId, authentication: {secret: clientSecret, ...(method && {method})}}
}
