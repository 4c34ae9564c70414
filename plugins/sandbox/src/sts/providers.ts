import type {JSONWebKeySet} from 'jose'
import {accountId, registeredAudiences, samlProviderName} from '../account.ts'
import {publicKeys} from '../openid/signing-keys.ts'
import type {SandboxState} from '../state.ts'

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

export function openIdProvider(issuer: unknown, {issuer: own, keys, foreign}: SandboxState): OpenIdTrust | undefined {
  if (issuer === own) return {issuer: own, keys: publicKeys(keys), audiences: registeredAudiences}
  return [...foreign.openId.values()].find(provider => provider.issuer === issuer)
}

/** The provider behind an ARN of this account. */
export function samlProvider(arn: string, {saml, foreign}: SandboxState): (SamlTrust & {name: string}) | undefined {
  const [, account, name = ''] = /^arn:aws:iam::(\d{12}):saml-provider\/(.+)$/.exec(arn) ?? []
  if (account !== accountId) return undefined
  const found = name === samlProviderName ? {...saml.identity, issuer: saml.issuer} : foreign.saml.get(name)
  return found && {name, issuer: found.issuer, certificate: found.certificate}
}
