/**
 * The enhanced flow of an Amazon Cognito identity pool: the pool chooses the role, and its answer does not name it.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html
 *
 * @typedef {{readonly issuer: URL, readonly clientId: string, readonly pool: string, readonly endpoint: URL}} Settings
 */

/** @type {import('aws-oidc/plugin').FederationStrategy<Settings>} */
export const identityPool = {
  settings: {
    issuer: {type: 'url', description: 'the provider that the pool trusts', required: true},
    clientId: {type: 'string', description: 'the client registered for aws-oidc', required: true},
    pool: {type: 'string', description: 'the id of the identity pool', required: true},
    endpoint: {type: 'url', description: 'the address of Cognito in the region of the pool', required: true},
  },

  async signIn({issuer, clientId, pool, endpoint}, host) {
    const {idToken, claims, expiresAt, renewable} = await host.tokens({issuer, clientId})
    if (idToken === undefined) throw host.error('BAD_RESPONSE', `${issuer.host} gave no ID token.`)
    const Logins = {[issuer.host]: idToken}

    /**
     * @param {string} action
     * @param {object} body
     */
    async function call(action, body) {
      const response = await host.fetch(endpoint, {
        method: 'POST',
        headers: {'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AWSCognitoIdentityService.${action}`},
        body: JSON.stringify(body),
        signal: host.signal,
      })
      /** @type {any} Its members are checked by the host, as those of every answer. */
      const answer = await response.json()
      if (response.ok) return answer
      throw host.error('SIGN_IN_REFUSED', `The identity pool refused ${action}: ${answer.message}`)
    }

    return {
      subject: String(claims.email ?? claims.sub),
      claims,
      expiresAt,
      renewable,
      async assigned() {
        const {IdentityId} = await call('GetId', {IdentityPoolId: pool, Logins})
        const {Credentials} = await call('GetCredentialsForIdentity', {IdentityId, Logins})
        const {AccessKeyId, SecretKey, SessionToken, Expiration} = Credentials
        const credentials = {
          accessKeyId: AccessKeyId,
          secretAccessKey: SecretKey,
          sessionToken: SessionToken,
          expiration: new Date(Expiration * 1000),
        }
        return {proof: {kind: 'credentials', credentials}}
      },
      async proofFor() {
        throw host.error('ROLE_NOT_OFFERED', 'The identity pool chooses the role itself.', {
          hint: 'Remove "role" from the profile.',
        })
      },
    }
  },
}
