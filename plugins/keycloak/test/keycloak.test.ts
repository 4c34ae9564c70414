import {fakeTokens, type GrantRequest, strategyContract} from 'aws-oidc/testing'
import {expect} from 'chai'
import {keycloak} from '../src/keycloak.ts'
import {
  assertion,
  claims,
  failure,
  given,
  hostWith,
  metadata,
  rejection,
  roles,
  samlSettings,
  settings,
} from './support/realm.ts'

const idp = () => ({responses: [metadata()], tokens: [fakeTokens(claims)]})

describe('keycloak, with an OIDC provider in the account,', () => {
  for (const {name, run} of strategyContract(keycloak, {settings, idp, roles})) it(name, run)

  it('shows AWS the ID token, and names the user by the e-mail address', async () => {
    const tokens = fakeTokens(claims)
    const host = hostWith({tokens: [tokens]})
    const identity = await keycloak.signIn(settings, host)
    expect(identity).to.include({subject: 'alice@example.com', renewable: true})
    expect(identity.roles, 'only AWS knows').to.equal(undefined)
    expect(await identity.proofFor(roles[0])).to.deep.equal({kind: 'web-identity', token: tokens.idToken})
  })

  for (const [claim, where] of [
    ['aws_roles', claims],
    ['resource_access.aws.cli.roles', {resource_access: {'aws.cli': {roles: claims.aws_roles}}}],
    ['https://aws.example/roles', {'https://aws.example/roles': claims.aws_roles}],
  ] as const) {
    it(`offers the role ARNs that the claim ${claim} lists`, async () => {
      const host = hostWith({tokens: [fakeTokens({sub: '1', ...where})]})
      const identity = await keycloak.signIn({...settings, rolesClaim: claim}, host)
      expect(await identity.roles?.()).to.deep.equal(roles)
    })
  }

  it('takes the one role of a claim that is not a list, and leaves malformed ARNs for the host to judge', async () => {
    const [one] = claims.aws_roles
    for (const [value, arns] of [
      [one, [one]],
      [
        ['admin', 7, `${one}`, 'arn:aws:iam::12:role/x'],
        [one, 'arn:aws:iam::12:role/x'],
      ],
    ] as const) {
      const host = hostWith({tokens: [fakeTokens({sub: '1', aws_roles: value})]})
      const identity = await keycloak.signIn({...settings, rolesClaim: 'aws_roles'}, host)
      expect((await identity.roles?.())?.map(({arn}) => arn)).to.deep.equal(arns)
    }
  })

  it('says which user to give a role, and where, when the claim lists none', async () => {
    const host = hostWith({tokens: [fakeTokens({sub: '1', preferred_username: 'carol'})]})
    const identity = await keycloak.signIn({...settings, rolesClaim: 'aws_roles'}, host)
    const {code, message, hint} = await rejection(identity.roles?.() ?? Promise.resolve())
    expect(code).to.equal('ROLE_NOT_OFFERED')
    expect(message).to.include('for carol').and.to.include('"aws_roles"')
    expect(hint).to.include('Users > Role mapping').and.to.include('aws-oidc-dedicated')
  })

  it('says which mappers make an ID token too long for AWS, and takes one of the maximum length', async () => {
    const signInWith = (length: number) =>
      keycloak.signIn(settings, hostWith({tokens: [{...fakeTokens(claims), idToken: 'x'.repeat(length)}]}))
    const {code, message, hint} = await rejection((await signInWith(20_001)).proofFor(roles[0]))
    expect(code).to.equal('AWS_REFUSED')
    expect(message).to.include('20001 characters')
    expect(hint).to.include('"Add to ID token"')
    expect(await (await signInWith(20_000)).proofFor(roles[0])).to.include({kind: 'web-identity'})
  })

  it('says which scope is missing when there is no ID token', async () => {
    const {idToken, ...others} = fakeTokens(claims)
    const {code, hint} = await rejection(keycloak.signIn(settings, hostWith({tokens: [others]})))
    expect([code, idToken === undefined]).to.deep.equal(['BAD_RESPONSE', false])
    expect(hint).to.include('"openid"')
  })
})

describe('keycloak, with a SAML provider in the account,', () => {
  const samlIdp = () => ({...idp(), grants: [given()], samlRoles: [roles, roles, roles]})
  const idpAgain = () => ({grants: [given()], samlRoles: [roles]})
  const options = {settings: samlSettings, idp: () => ({...samlIdp(), samlRoles: [roles, roles]}), idpAgain, roles}
  for (const {name, run} of strategyContract(keycloak, options)) it(name, run)

  it('exchanges the access token for an assertion at the audience', async () => {
    const tokens = fakeTokens(claims)
    let asked: object = {}
    const grant = ({form}: GrantRequest) => {
      asked = form
      return given()
    }
    const host = hostWith({tokens: [tokens], grants: [grant], samlRoles: [roles, roles]})
    const identity = await keycloak.signIn(samlSettings, host)
    expect(await identity.proofFor(roles[0])).to.deep.equal({kind: 'saml', document: assertion()})
    expect(await identity.roles?.()).to.deep.equal(roles)
    expect(asked).to.deep.equal({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: tokens.accessToken,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      requested_token_type: 'urn:ietf:params:oauth:token-type:saml2',
      audience: 'urn:amazon:webservices',
    })
    host.verify()
  })

  it('uses one assertion for several roles while it is valid, and then another one', async () => {
    const other = assertion('another http://www.w3.org/2000/09/xmldsig#')
    const host = hostWith({grants: [given(), given(other)], samlRoles: [roles, roles, roles]})
    const identity = await keycloak.signIn(samlSettings, host)
    expect(await identity.proofFor(roles[0])).to.include({document: assertion()})
    host.advance(44_000)
    expect(await identity.proofFor(roles[1])).to.include({document: assertion()})
    host.advance(2_000)
    expect(await identity.proofFor(roles[1])).to.include({document: other})
    host.verify()
  })

  it("never shows another user's assertion", async () => {
    const user = (sub: string, until: string) => fakeTokens({sub}, new Date(until))
    const host = hostWith({
      tokens: [user('1', '2026-01-01T00:00:50Z'), user('2', '2026-01-01T01:00:00Z')],
      grants: [given(), given()],
    })
    const identity = await keycloak.signIn(samlSettings, host)
    host.advance(60_000)
    expect(await rejection(identity.proofFor(roles[0]))).to.include({code: 'SIGN_IN_REFUSED'})
  })

  it('says that "audience" is not a SAML client when the answer is not an assertion', async () => {
    const jwt = given('eyJhbGciOiJub25lIn0.e30.', {issued_token_type: 'urn:ietf:params:oauth:token-type:jwt'})
    const {code, message, hint} = await rejection(keycloak.signIn(samlSettings, hostWith({grants: [jwt]})))
    expect(code).to.equal('BAD_RESPONSE')
    expect(message).not.to.include('eyJ')
    expect(hint).to.include('"audience"')
  })

  for (const [what, document, hint] of [
    ['unsigned', assertion('nothing'), '"Sign assertions" on at Clients > urn:amazon:webservices > Settings'],
    [
      'encrypted',
      Buffer.from('<saml:EncryptedAssertion>http://www.w3.org/2000/09/xmldsig#').toString('base64url'),
      '"Encrypt assertions" off at Clients > urn:amazon:webservices > Keys',
    ],
  ] as const) {
    it(`names the switch that makes an assertion ${what}`, async () => {
      const identity = await keycloak.signIn(samlSettings, hostWith({grants: [given(document)]}))
      const failed = await rejection(identity.proofFor(roles[0]))
      expect(failed.code).to.equal('AWS_REFUSED')
      expect(failed.hint).to.include(hint)
    })
  }

  it('names the switch that makes an assertion encrypted where roles are listed too', async () => {
    const document = Buffer.from('<saml:EncryptedAssertion>').toString('base64url')
    const host = hostWith({grants: [given(document)], samlRoles: [failure('BAD_RESPONSE')]})
    const identity = await keycloak.signIn(samlSettings, host)
    const failed = await rejection(Promise.resolve(identity.roles?.()))
    expect(failed.code).to.equal('AWS_REFUSED')
    expect(failed.hint).to.include('"Encrypt assertions" off at Clients > urn:amazon:webservices > Keys')
  })

  it('says which user to give a role, and where, whether roles are listed or one is requested', async () => {
    const host = hostWith({grants: [given()], samlRoles: [[], []]})
    const identity = await keycloak.signIn(samlSettings, host)
    for (const work of [identity.roles?.(), identity.proofFor(roles[0])]) {
      const {code, message, hint} = await rejection(Promise.resolve(work))
      expect(code).to.equal('ROLE_NOT_OFFERED')
      expect(message).to.include('alice@example.com').and.to.include('no attribute Role')
      expect(hint).to.include('"urn:amazon:webservices" at Users > Role mapping')
    }
  })
})

describe('signing out of keycloak', () => {
  it('forgets what is remembered, and ends the browser session only on request', async () => {
    for (const everywhere of [false, true]) {
      const host = hostWith({})
      await keycloak.signIn(settings, host)
      await keycloak.signOut?.(settings, host, {everywhere})
      expect([...host.memory.entries.keys()]).to.deep.equal(['issuer'])
      expect(host.asked.filter(({by}) => by === 'browser')).to.have.lengthOf(everywhere ? 1 : 0)
    }
  })
})
