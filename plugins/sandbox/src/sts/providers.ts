import {accountId, registeredAudiences, samlProviderName} from '../account.ts'
import {publicKeys} from '../openid/signing-keys.ts'
import type {SandboxState} from '../state.ts'
import type {OpenIdTrust, SamlTrust} from './trust.ts'

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
