/**
 * A client of Google's for desktop programs. Its "secret" is in every copy of the program and so is none, but has to be
 * sent; and a refresh token is asked for by parameters, not by a scope.
 * https://developers.google.com/identity/protocols/oauth2/native-app
 *
 * @typedef {{readonly issuer: URL, readonly clientId: string, readonly clientSecret: string}} Settings
 */

/** @type {import('aws-oidc/plugin').FederationStrategy<Settings>} */
export const googleDesktop = {
  settings: {
    issuer: {type: 'url', description: 'the issuer', default: new URL('https://accounts.google.com')},
    clientId: {type: 'string', description: 'the client ID of the desktop client', required: true},
    // Not `secret`: it may be written into the configuration as it is.
    clientSecret: {type: 'string', description: 'the client secret of the desktop client', required: true},
  },

  async signIn({issuer, clientId, clientSecret}, host) {
    const {idToken, claims, expiresAt, renewable} = await host.tokens({
      issuer,
      clientId,
      authentication: {secret: clientSecret},
      offlineAccess: {parameters: {access_type: 'offline', prompt: 'consent'}},
    })
    if (idToken === undefined) throw host.error('BAD_RESPONSE', `${issuer.host} gave no ID token.`)
    return {
      subject: String(claims.email ?? claims.sub),
      claims,
      expiresAt,
      renewable,
      proofFor: async () => ({kind: 'web-identity', token: idToken}),
    }
  },
}
