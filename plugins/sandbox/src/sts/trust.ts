import type {JSONWebKeySet} from 'jose'

/** An OpenID provider that the account knows. */
export interface OpenIdTrust {
  readonly issuer: string
  readonly keys: JSONWebKeySet
  readonly audiences: readonly string[]
}

/** A SAML provider that the account knows. */
export interface SamlTrust {
  readonly issuer: string
  /** PEM. */
  readonly certificate: string
}

/** Providers that run elsewhere, by their names in IAM. */
export interface ForeignProviders {
  readonly openId: Map<string, OpenIdTrust>
  readonly saml: Map<string, SamlTrust>
}
