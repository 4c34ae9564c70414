import {expect} from 'chai'
import {keycloak} from '../src/keycloak.ts'
import {failure, given, hostWith, refusing, rejection, roles, samlSettings, settings} from './support/realm.ts'

const features = '--features=token-exchange:v1,admin-fine-grained-authz:v1'

describe('keycloak that refuses an exchange', () => {
  for (const [error, description, usually, hint] of [
    [
      'invalid_request',
      'Standard token exchange is not enabled for the requested client',
      'lacks the legacy token exchange',
      features,
    ],
    [
      'invalid_client',
      'Public client is not allowed to exchange token',
      'the standard token exchange',
      '"Standard Token Exchange" off at Clients > aws-oidc',
    ],
    [
      'invalid_request',
      'requested_token_type unsupported',
      'the standard token exchange',
      '"Standard Token Exchange" off at Clients > aws-oidc',
    ],
    [
      'access_denied',
      'Client not allowed to exchange',
      'no permission',
      'Clients > urn:amazon:webservices > Permissions > token-exchange',
    ],
    ['access_denied', 'Client not allowed to exchange', 'admin-fine-grained-authz:v2', features],
    ['invalid_client', 'Audience not found', 'no client "urn:amazon:webservices"', '"audience"'],
    [
      'invalid_client',
      'Client requires assertion consumer url set up',
      'does not say where assertions go',
      '"Assertion Consumer Service POST Binding URL" to https://signin.aws.amazon.com/saml',
    ],
    [
      'invalid_client',
      'Client requires user consent',
      'asks users for consent',
      '"Consent required" off at Clients > urn:amazon:webservices',
    ],
    ['invalid_client', 'Invalid client or Invalid client credentials', 'no client "aws-oidc"', '"clientId"'],
    ['invalid_request', 'Invalid token', 'the session has ended, or the user is disabled', 'aws-oidc login --force'],
    ['invalid_client', 'Client disabled', 'is disabled', '"Enabled" on at the top of Clients > urn:amazon:webservices'],
    [
      'invalid_request',
      'Can not get SAML 2.0 token',
      "can't encrypt",
      '"Encrypt assertions" off at Clients > urn:amazon:webservices > Keys',
    ],
    ['server_error', 'Something new', 'server_error (Something new)', 'log of Keycloak'],
  ] as const) {
    it(`because "${description}" says: ${usually}`, async () => {
      const host = hostWith({grants: [refusing(error, description)]})
      const failed = await rejection(keycloak.signIn(samlSettings, host))
      expect(failed.code).to.equal('SIGN_IN_REFUSED')
      expect(failed.message).to.include(`${error} (${description})`).and.to.include(usually)
      expect(failed.hint).to.include(hint)
      host.verify()
    })
  }

  it('without any explanation is reported by its status', async () => {
    const {message} = await rejection(keycloak.signIn(samlSettings, hostWith({grants: [{status: 418, body: {}}]})))
    expect(message).to.include('HTTP 418')
  })

  it('because a remembered session has ended is tried once more, with a new sign-in', async () => {
    const first = hostWith({grants: [given()]})
    await keycloak.signIn(samlSettings, first)
    const ended = refusing('invalid_request', 'Invalid token')
    const host = hostWith({responses: [], grants: [ended, given()], samlRoles: [roles]}, {memory: first.memory})
    const identity = await keycloak.signIn(samlSettings, host)
    expect(await identity.proofFor(roles[0])).to.include({kind: 'saml'})
    host.verify()
  })

  it('for any other reason asks for no new sign-in', async () => {
    const first = hostWith({grants: [given()]})
    await keycloak.signIn(samlSettings, first)
    const refused = refusing('invalid_request', 'requested_token_type unsupported')
    const host = hostWith({responses: [], tokens: [], grants: [refused]}, {memory: first.memory})
    expect(await rejection(keycloak.signIn(samlSettings, host))).to.include({code: 'SIGN_IN_REFUSED'})
    expect(host.asked).to.deep.equal([])
  })
})

describe('keycloak that refuses a sign-in', () => {
  for (const [error, description, hint] of [
    ['invalid_client', 'Invalid client or Invalid client credentials', '"clientId" of the provider with Clients'],
    ['unauthorized_client', 'Invalid client or Invalid client credentials', '"clientSecret"'],
    [
      'unauthorized_client',
      'Client is not allowed to initiate browser login with given response_type. Standard flow is disabled for the client.',
      '"Standard flow" on',
    ],
    [
      'unauthorized_client',
      'Client is not allowed to initiate OAuth 2.0 Device Authorization Grant. The flow is disabled for the client.',
      '"OAuth 2.0 Device Authorization Grant" on',
    ],
    [
      'invalid_request',
      'Invalid parameter: code challenge method is not matching the configured one',
      '"PKCE Method" to S256',
    ],
    ['invalid_request', 'Pushed Authorization Request is only allowed.', '"Pushed authorization request required" off'],
    ['invalid_request', 'DPoP proof is missing', '"Require DPoP bound tokens" off'],
    ['invalid_scope', 'Invalid scopes: openid bogus', 'Clients > aws-oidc > Client scopes'],
  ] as const) {
    it(`because "${description}" names the switch: ${hint}`, () => {
      const meaning = keycloak.describeRefusal?.({error, description}, settings)
      expect(meaning?.message).to.match(/^The (client|realm) .*\.$/)
      expect(meaning?.hint).to.include(hint)
    })
  }

  for (const [what, refusal] of [
    ['with an unknown error', {error: 'access_denied'}],
    ['with a known error and another description', {error: 'invalid_client', description: 'Client is on holiday'}],
  ] as const) {
    it(`${what} is left to the host`, () => {
      expect(keycloak.describeRefusal?.(refusal, settings)).to.equal(undefined)
    })
  }

  for (const [what, error] of [
    ['of this client', failure('SIGN_IN_REFUSED', {error: 'invalid_client', description: 'Invalid client or so'})],
    ['because the user may not be asked', failure('SIGN_IN_REQUIRED')],
  ] as const) {
    it(`${what} passes as the host reports it`, async () => {
      const failed = await keycloak.signIn(settings, hostWith({tokens: [error]})).catch((reason: unknown) => reason)
      expect(failed).to.equal(error)
    })
  }

  it('in the browser alone is explained when the sign-in times out', async () => {
    const late = failure('TIMED_OUT', undefined, 'You did not sign in to sso.example.com within five minutes.')
    const {code, message} = await rejection(keycloak.signIn(settings, hostWith({tokens: [late]})))
    expect(code).to.equal('TIMED_OUT')
    expect(message).to.match(/^You did not sign in to sso\.example\.com within five minutes\. If Keycloak's page said /)
    expect(message).to.include('"Valid redirect URIs" at Clients > aws-oidc > Settings').and.to.include('/callback')
    expect(message).to.include('the realm "example" has no client "aws-oidc"').and.to.include('"Account is disabled"')
  })
})
