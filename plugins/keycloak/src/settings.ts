import type {OidcClient} from 'aws-oidc/plugin'

export interface KeycloakSettings {
  readonly url: URL
  readonly realm: string
  readonly clientId: string
  readonly clientSecret?: string
  readonly federation: 'oidc' | 'saml2'
  readonly rolesClaim?: string
  readonly audience: string
}

export function clientOf({clientId, clientSecret}: KeycloakSettings, issuer: URL): OidcClient {
  return {issuer, clientId, ...(clientSecret !== undefined && {authentication: {secret: clientSecret}})}
}
