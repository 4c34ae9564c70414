import type {FederationStrategy, OidcClient, Role, TokenSet} from '../plugin.ts'
import {
  authenticationSetting,
  type ClientSettings,
  clientOf,
  clientSettings,
  idTokenOf,
  signOutOf,
  userOf,
} from './openid.ts'

export interface OidcSettings extends ClientSettings {
  readonly scopes?: readonly string[]
  readonly rolesClaim?: string
}

/** Any OpenID provider. AWS gets its ID token (AssumeRoleWithWebIdentity). */
export const oidc: FederationStrategy<OidcSettings> = {
  settings: {
    ...clientSettings,
    scopes: {type: 'list', description: 'scopes to ask for instead of "openid email"'},
    rolesClaim: {type: 'string', description: 'claim of the ID token that lists role ARNs'},
    ...authenticationSetting,
  },

  issuer: ({issuer}) => issuer,

  async signIn(settings, host) {
    const tokens = await host.tokens(withScopes(settings))
    const token = idTokenOf(tokens, 'AWS needs', host)
    const {rolesClaim} = settings
    return {
      ...userOf(tokens),
      ...(rolesClaim !== undefined && {roles: async () => rolesIn(rolesClaim, tokens.claims)}),
      proofFor: async () => ({kind: 'web-identity', token}),
    }
  },

  signOut: (settings, host, options) => signOutOf(withScopes(settings), host, options),
}

function withScopes(settings: OidcSettings): OidcClient {
  return {...clientOf(settings), ...(settings.scopes && {scopes: settings.scopes})}
}

// Deliberately loose: the host checks roles, and can name an invalid one only if we pass it on.
const roleArn = /^arn:[^:]*:iam::([^:]*):role\/(?:.*\/)?([^/]*)$/s

function rolesIn(claim: string, claims: TokenSet['claims']): readonly Role[] {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined
  const roles: Role[] = []
  for (const arn of [value].flat()) {
    if (typeof arn !== 'string') continue
    const [, accountId, name] = roleArn.exec(arn) ?? []
    if (accountId !== undefined && name !== undefined) roles.push({accountId, name, arn})
  }
  return roles
}
