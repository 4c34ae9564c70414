/** What this provider means by its descriptions, which are the only thing that tells its refusals apart. */
const meanings = [
  {
    when: /not been approved/,
    message: 'An administrator has to approve each client once.',
    hint: (/** @type {string} */ clientId) => `Ask for the approval of "${clientId}" at Portal > Clients.`,
  },
  {when: /suspended/, message: 'The bill of the portal has not been paid.', hint: () => undefined},
]

/** @type {import('aws-oidc/plugin').FederationStrategy<{issuer: URL, clientId: string, rolesClaim?: string}>} */
const explained = {
  settings: {
    issuer: {type: 'url', description: 'the issuer', required: true},
    clientId: {type: 'string', description: 'the client', required: true},
    rolesClaim: {type: 'string', description: 'not used'},
  },

  async signIn({issuer, clientId}, host) {
    const {idToken = ''} = await host.tokens({issuer, clientId})
    return {subject: 'alice', proofFor: async () => ({kind: 'web-identity', token: idToken})}
  },

  describeRefusal({description = ''}, {clientId}) {
    const known = meanings.find(({when}) => when.test(description))
    if (known === undefined) return undefined
    const hint = known.hint(clientId)
    return {message: known.message, ...(hint !== undefined && {hint})}
  },
}

/** @type {import('aws-oidc/plugin').StrategiesHook} */
export default async () => ({
  apiVersion: 1,
  entries: [{id: 'explained', summary: 'A provider whose refusals need an explanation', load: async () => explained}],
})
