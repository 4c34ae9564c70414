/**
 * A provider whose token endpoint is behind a gateway: it wants a key of its own with each request, it publishes no
 * metadata, and it gives tokens for one audience at a time.
 *
 * @typedef {{readonly issuer: URL, readonly gateway: URL, readonly clientId: string, readonly key: string}} Settings
 */

/** @type {import('aws-oidc/plugin').FederationStrategy<Settings>} */
export const gateway = {
  settings: {
    issuer: {type: 'url', description: 'the issuer in the ID tokens', required: true},
    gateway: {type: 'url', description: 'the gateway in front of it', required: true},
    clientId: {type: 'string', description: 'the client registered for aws-oidc', required: true},
    key: {type: 'string', description: 'the key that the gateway wants', required: true, secret: true},
  },

  async signIn(settings, host) {
    const {accessToken, claims, expiresAt, renewable} = await host.tokens(clientFor('https://directory', settings))
    host.log.debug(`the directory would be asked with a token of ${accessToken.length} characters`)
    return {
      subject: String(claims.email ?? claims.sub),
      claims,
      expiresAt,
      renewable,
      async proofFor() {
        const {idToken} = await host.tokens(clientFor('https://aws', settings))
        if (idToken === undefined) throw host.error('BAD_RESPONSE', 'The gateway gave no ID token.')
        return {kind: 'web-identity', token: idToken}
      },
    }
  },

  signOut: (settings, host) => host.revoke(clientFor('https://directory', settings)),
}

/**
 * @param {string} audience
 * @param {Settings} settings
 * @returns {import('aws-oidc/plugin').OidcClient}
 */
function clientFor(audience, {issuer, gateway, clientId, key}) {
  const at = (/** @type {string} */ path) => new URL(path, gateway)
  return {
    issuer,
    clientId,
    headers: {'x-gateway-key': key},
    endpoints: {
      authorization: new URL(`${issuer.href}/auth`),
      token: at('/token'),
      jwks: at('/jwks'),
      revocation: at('/revoke'),
    },
    offlineAccess: 'scope',
    tokenParameters: {audience},
  }
}
