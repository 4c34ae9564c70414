import {expect} from 'chai'
import {useKeycloak} from '../support/keycloak-scene.ts'
import {signInInVain} from '../support/keycloak-silence.ts'

const creds = ['creds', '--profile', 'developer']
const capabilities = 'Clients > aws-oidc > Settings > Capability config'

/** What is wrong with the server or the configuration, and what the user is told. */
interface Mistake {
  readonly provider?: Readonly<Record<string, unknown>>
  readonly profile?: Readonly<Record<string, unknown>>
  readonly client?: readonly [clientId: string, change: Readonly<Record<string, unknown>>]
  readonly user?: string
  readonly args?: readonly string[]
  readonly exitCode: number
  readonly says: readonly string[]
}

const saml = {federation: 'saml2'}

const mistakes: Readonly<Record<string, Mistake>> = {
  'the client is not in the permission to exchange': {
    provider: {...saml, clientId: 'aws-oidc-denied'},
    exitCode: 4,
    says: [
      'access_denied (Client not allowed to exchange)',
      'The client "aws-oidc-denied" has no permission to exchange tokens for "urn:amazon:webservices"',
      'Try: Give it at Clients > urn:amazon:webservices > Permissions > token-exchange',
    ],
  },
  'the SAML client has no permission at all': {
    provider: {...saml, audience: 'urn:example:saml:no-permission'},
    exitCode: 4,
    says: ['access_denied', 'Try: Give it at Clients > urn:example:saml:no-permission > Permissions > token-exchange'],
  },
  'the public client has the switch of the standard exchange on': {
    provider: {...saml, clientId: 'aws-oidc-v2'},
    exitCode: 4,
    says: ['uses the standard token exchange', 'Try: Turn "Standard Token Exchange" off at Clients > aws-oidc-v2'],
  },
  'the confidential client has the switch of the standard exchange on': {
    provider: {...saml, clientId: 'aws-oidc-confidential', clientSecret: {env: 'CLIENT_SECRET'}},
    exitCode: 4,
    says: ['uses the standard token exchange', 'Try: Turn "Standard Token Exchange" off'],
  },
  'the audience is unknown': {
    provider: {...saml, audience: 'urn:amazon:web'},
    exitCode: 4,
    says: ['Audience not found', 'The realm "aws" has no client "urn:amazon:web".', 'Try: Set "audience"'],
  },
  'the SAML client has no ACS URL': {
    provider: {...saml, audience: 'urn:example:saml:no-acs'},
    exitCode: 4,
    says: [
      'Try: Set "Assertion Consumer Service POST Binding URL" to https://signin.aws.amazon.com/saml at Clients > urn:',
    ],
  },
  'the SAML client asks for consent': {
    provider: saml,
    client: ['urn:amazon:webservices', {consentRequired: true}],
    exitCode: 4,
    says: ['Client requires user consent', 'Try: Turn "Consent required" off at Clients > urn:amazon:webservices'],
  },
  'the SAML client is disabled': {
    provider: saml,
    client: ['urn:amazon:webservices', {enabled: false}],
    exitCode: 4,
    says: ['Client disabled', 'Try: Turn "Enabled" on at the top of Clients > urn:amazon:webservices.'],
  },
  'the SAML client wants encrypted assertions, and has no certificate': {
    provider: saml,
    client: ['urn:amazon:webservices', {attributes: {'saml.encrypt': 'true'}}],
    exitCode: 4,
    says: ['encrypted assertions', 'Try: Turn "Encrypt assertions" off at Clients > urn:amazon:webservices > Keys.'],
  },
  'the assertion is unsigned': {
    provider: {...saml, audience: 'urn:example:saml:unsigned'},
    exitCode: 5,
    says: [
      'The SAML assertion is not signed.',
      'Try: Turn "Sign assertions" on at Clients > urn:example:saml:unsigned',
    ],
  },
  'the user has no role, and none is requested': {
    provider: {rolesClaim: 'aws_roles'},
    profile: {role: undefined},
    user: 'carol',
    exitCode: 5,
    says: [
      'Keycloak lists no AWS role for carol',
      'the claim "aws_roles"',
      'Try: Give the user a role at Users > Role mapping',
    ],
  },
  'the user has no role in the assertion': {
    provider: saml,
    user: 'carol',
    exitCode: 5,
    says: [
      'Keycloak lists no AWS role for carol',
      'no attribute Role',
      '"urn:amazon:webservices" at Users > Role mapping',
    ],
  },
  'the user has other roles in the assertion': {
    provider: saml,
    user: 'bob',
    exitCode: 5,
    says: ['Administrator'],
  },
  'the ID token is too long for AWS': {
    user: 'erin',
    exitCode: 5,
    says: ['The ID token has 2', 'AWS accepts at most 20000', 'Try: Turn "Add to ID token" off in the mappers'],
  },
  'the client is unknown, in the device flow': {
    provider: {clientId: 'aws-odic'},
    args: ['login', '--profile', 'developer', '--device'],
    exitCode: 4,
    says: [
      'invalid_client',
      'The realm "aws" has no client "aws-odic"',
      'Try: Compare "clientId" of the provider with Clients',
    ],
  },
  'the client has another secret': {
    provider: {clientId: 'aws-oidc-confidential', clientSecret: {env: 'WRONG_SECRET'}},
    exitCode: 4,
    says: ['unauthorized_client', 'its secret was wrong', 'Clients > aws-oidc-confidential > Credentials'],
  },
  'the client is confidential, and no secret is set': {
    provider: {clientId: 'aws-oidc-confidential'},
    exitCode: 4,
    says: ['unauthorized_client', 'wrong or not sent', 'Try: Set "clientSecret"'],
  },
  'PKCE is set to the plain method': {
    client: ['aws-oidc', {attributes: {'pkce.code.challenge.method': 'plain'}}],
    exitCode: 4,
    says: ['code challenge method is not matching', `Try: Set "PKCE Method" to S256 at ${capabilities}`],
  },
  'PKCE is set to the plain method, in the device flow': {
    client: ['aws-oidc', {attributes: {'pkce.code.challenge.method': 'plain'}}],
    args: ['login', '--profile', 'developer', '--device'],
    exitCode: 4,
    says: [`Try: Set "PKCE Method" to S256 at ${capabilities}`],
  },
  'the device flow is turned off': {
    client: ['aws-oidc', {attributes: {'oauth2.device.authorization.grant.enabled': 'false'}}],
    args: ['login', '--profile', 'developer', '--device'],
    exitCode: 4,
    says: [`Try: Turn "OAuth 2.0 Device Authorization Grant" on at ${capabilities}`],
  },
  'the standard flow is turned off': {
    client: ['aws-oidc', {standardFlowEnabled: false}],
    exitCode: 4,
    says: [`Try: Turn "Standard flow" on at ${capabilities}`],
  },
  'the client requires pushed requests': {
    provider: {clientId: 'aws-oidc-par'},
    exitCode: 4,
    says: ['Try: Turn "Pushed authorization request required" off at Clients > aws-oidc-par > Advanced'],
  },
  'the client requires DPoP': {
    provider: {clientId: 'aws-oidc-dpop'},
    exitCode: 4,
    says: ['Try: Turn "Require DPoP bound tokens" off at Clients > aws-oidc-dpop'],
  },
  'the realm is unknown': {
    provider: {realm: 'AWS'},
    exitCode: 2,
    says: ['There is no realm "AWS" at http://127.0.0.1:', 'case-sensitive'],
  },
}

describe('The error for a wrong setting of a real Keycloak names the switch:', () => {
  const scene = useKeycloak()
  const secrets = {CLIENT_SECRET: 'aws-oidc-confidential-secret', WRONG_SECRET: 'aws-oidc-forgotten-secret'}

  for (const [what, {provider = {}, profile, client, user, args = creds, exitCode, says}] of Object.entries(mistakes)) {
    it(what, async () => {
      await scene.configure(provider, profile)
      if (client) await scene.changeClient(...client)
      const ending = await scene.home.run(args, {...secrets, ...(user && {KEYCLOAK_USER: user})})
      expect(ending.exitCode, ending.stderr).to.equal(exitCode)
      expect(ending.stdout).to.equal('')
      for (const words of says) expect(ending.stderr).to.include(words)
    })
  }

  for (const [what, provider, user, page, says] of [
    [
      'Invalid parameter: redirect_uri',
      {redirect: {path: '/elsewhere'}},
      'alice',
      'Invalid parameter: redirect_uri',
      '"Valid redirect URIs" at Clients > aws-oidc > Settings > Access settings lacks http://127.0.0.1/callback',
    ],
    [
      'Client not found.',
      {clientId: 'aws-odic'},
      'alice',
      'Client not found.',
      'the realm "aws" has no client "aws-odic"',
    ],
    ['Account is disabled', {}, 'frank', 'Account is disabled, contact your administrator.', 'the user is turned off'],
  ] as const) {
    it(`what only the browser shows, such as "${what}", is explained when the sign-in times out`, async () => {
      const usual = {url: scene.keycloak.url, realm: 'aws', clientId: 'aws-oidc'}
      const seen = await signInInVain({...usual, ...provider}, user)
      expect(seen.page).to.include(page)
      expect(seen.failure).to.include({code: 'TIMED_OUT'})
      expect(String(seen.failure)).to.include('You did not sign in to').and.to.include(`"${what}": ${says}`)
    })
  }

  it('there is none where the confidential client has its secret', async () => {
    await scene.configure({clientId: 'aws-oidc-confidential', clientSecret: {env: 'CLIENT_SECRET'}})
    const {exitCode, stderr} = await scene.home.run(creds, secrets)
    expect(exitCode, stderr).to.equal(0)
  })
})
