/**
 * A directory that knows the roles of each user, and is asked account by account.
 *
 * @typedef {{readonly issuer: URL, readonly clientId: string, readonly roles: URL}} Settings
 * @typedef {{readonly id: string, readonly name: string, readonly email: string}} Account
 */

const listHours = 12

/** @type {import('aws-oidc/plugin').FederationStrategy<Settings>} */
export const directory = {
  settings: {
    issuer: {type: 'url', description: 'the OpenID provider', required: true},
    clientId: {type: 'string', description: 'the client registered for aws-oidc', required: true},
    roles: {type: 'url', description: 'the directory of roles', required: true},
  },

  async signIn({issuer, clientId, roles}, host) {
    const {idToken, accessToken, claims, expiresAt, renewable} = await host.tokens({issuer, clientId})
    if (idToken === undefined) throw host.error('BAD_RESPONSE', `${issuer.host} gave no ID token.`)

    /** @param {string} path */
    async function get(path) {
      const headers = {authorization: `Bearer ${accessToken}`}
      const response = await host.fetch(new URL(path, roles), {headers, signal: host.signal})
      if (response.status >= 500) throw host.error('UNAVAILABLE', `The directory answered with ${response.status}.`)
      /** @type {any} */
      const body = await response.json()
      return {status: response.status, body}
    }

    /**
     * @param {Account} account
     * @param {readonly string[]} names
     */
    const rolesOf = ({id, name, email}, names) =>
      names.map(role => ({
        accountId: id,
        name: role,
        arn: `arn:aws:iam::${id}:role/${role}`,
        accountName: name,
        accountEmail: email,
      }))

    /** @returns {AsyncGenerator<import('aws-oidc/plugin').RolePart>} */
    async function* listed() {
      /** @type {{readonly body: readonly Account[]}} */
      const {body: accounts} = await get('/accounts')
      const all = []
      for (const [index, account] of accounts.entries()) {
        const {status, body} = await get(`/accounts/${account.id}/roles`)
        const part = status === 200 ? rolesOf(account, body) : []
        all.push(...part)
        yield {
          roles: part,
          progress: {done: index + 1, total: accounts.length, unit: 'accounts'},
          ...(status === 200 ? {} : {omitted: [{what: account.name, why: String(body.reason)}]}),
        }
      }
      await host.memory.set('roles', JSON.stringify(all), new Date(host.now().getTime() + listHours * 3_600_000))
    }

    return {
      subject: String(claims.email ?? claims.sub),
      claims,
      expiresAt,
      renewable,
      async *rolesInParts({refresh}) {
        const kept = refresh ? undefined : await host.memory.get('roles')
        if (kept === undefined) yield* listed()
        else yield {roles: JSON.parse(kept)}
      },
      async findRole({account, name}) {
        const {status, body} = await get(
          `/find?account=${encodeURIComponent(account)}&role=${encodeURIComponent(name)}`,
        )
        return status === 200 ? rolesOf(body, [name])[0] : undefined
      },
      proofFor: async () => ({kind: 'web-identity', token: idToken}),
    }
  },
}
