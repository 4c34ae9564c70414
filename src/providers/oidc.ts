import type {FederationStrategy, Host, Identity, OidcClient, Role, TokenSet} from '../plugin.ts'

export interface OidcSettings {
  readonly issuer: URL
  readonly clientId: string
  readonly clientSecret?: string
  readonly scopes?: readonly string[]
  readonly rolesClaim?: string
}

/** Any OpenID provider: its ID token is what AWS gets (AssumeRoleWithWebIdentity). */
export const oidc: FederationStrategy<OidcSettings> = {
  settings: {
    issuer: {type: 'url', description: 'the issuer, or the address of its metadata', required: true},
    clientId: {type: 'string', description: 'the client registered for aws-oidc', required: true},
    clientSecret: {type: 'string', description: 'for a confidential client', secret: true},
    scopes: {type: 'list', description: 'asked for instead of "openid email"'},
    rolesClaim: {type: 'string', description: 'claim of the ID token that lists role ARNs'},
  },

  async signIn(settings, host) {
    const tokens = await host.tokens(clientOf(settings))
    return identityOf(tokens, idTokenOf(tokens, host), settings)
  },

  async signOut(settings, host, {everywhere}) {
    const client = clientOf(settings)
    try {
      await host.revoke(client)
    } finally {
      if (everywhere) await host.endSession(client)
    }
  },
}

function clientOf({issuer, clientId, clientSecret, scopes}: OidcSettings): OidcClient {
  return {
    issuer,
    clientId,
    ...(clientSecret !== undefined && {authentication: {secret: clientSecret}}),
    ...(scopes && {scopes}),
  }
}

function idTokenOf({idToken}: TokenSet, host: Host): string {
  if (idToken !== undefined) return idToken
  throw host.error('BAD_RESPONSE', 'The provider gave no ID token, which is what AWS takes.', {
    hint: 'Have "openid" among the scopes of the provider.',
  })
}

function identityOf({claims, expiresAt, renewable}: TokenSet, token: string, {rolesClaim}: OidcSettings): Identity {
  const subject = [claims.email, claims.preferred_username, claims.sub].find(name => typeof name === 'string')
  return {
    claims,
    expiresAt,
    renewable,
    ...(subject !== undefined && {subject}),
    ...(rolesClaim !== undefined && {roles: async () => rolesIn(claims[rolesClaim])}),
    proofFor: async () => ({kind: 'web-identity', token}),
  }
}

const roleArn = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:.+\/)?([^/]+)$/

function rolesIn(claim: unknown): readonly Role[] {
  const roles: Role[] = []
  for (const arn of [claim].flat()) {
    if (typeof arn !== 'string') continue
    const [, accountId, name] = roleArn.exec(arn) ?? []
    if (accountId && name) roles.push({accountId, name, arn})
  }
  return roles
}
