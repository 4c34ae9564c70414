import {expect} from 'chai'
import {decodeJwt} from 'jose'
import {callbackFor, refresh, signIn, type TokenAnswer, token} from './support/oidc-client.ts'
import {useSandbox} from './support/running-sandbox.ts'
import {assumeBySaml, attributeIn, elementsIn, providerArn, signIn as signInAddress, xmlIn} from './support/saml.ts'
import {roleArn} from './support/sts-client.ts'

const tokenType = (name: string) => `urn:ietf:params:oauth:token-type:${name}`
const grant = 'urn:ietf:params:oauth:grant-type:token-exchange'

describe('Token exchange', () => {
  const sandbox = useSandbox()
  let signedIn: TokenAnswer

  before(async () => {
    signedIn = await signIn(sandbox.addresses.issuer, 'alice')
  })
  afterEach(() => sandbox.control('DELETE /saml'))

  const accessToken = (answer: TokenAnswer) => String(answer.body.access_token)
  const asked = (changes: Record<string, string> = {}) => ({
    grant_type: grant,
    subject_token: accessToken(signedIn),
    subject_token_type: tokenType('access_token'),
    requested_token_type: tokenType('saml2'),
    audience: 'urn:amazon:webservices',
    ...changes,
  })
  const exchange = (changes: Record<string, string> = {}) => token(sandbox.addresses.issuer, asked(changes))
  const exchangeWithout = (...names: string[]) => {
    const kept = Object.entries(asked()).filter(([name]) => !names.includes(name))
    return token(sandbox.addresses.issuer, Object.fromEntries(kept))
  }
  const order = async (body: Record<string, unknown>) => {
    const answer = await sandbox.control('PUT /saml', body)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(204)
  }
  const expectRefusal = ({status, body}: TokenAnswer, expected: number, error: string, description: string) =>
    expect({status, body}).to.deep.equal({status: expected, body: {error, error_description: description}})

  it('answers as Keycloak does, with an assertion alone in base64url without padding', async () => {
    const {status, body} = await exchange()
    const {access_token: document, ...rest} = body
    expect(status).to.equal(200)
    expect(rest).to.deep.equal({
      expires_in: 60,
      refresh_expires_in: 0,
      token_type: 'Bearer',
      'not-before-policy': 0,
      issued_token_type: tokenType('saml2'),
    })
    expect(document).to.match(/^[\w-]+$/)
    expect(xmlIn(String(document), 'base64url')).to.match(/^<saml:Assertion .*<\/saml:Assertion>$/)
  })

  it('writes an assertion as Keycloak does', async () => {
    const before = Date.now()
    const xml = xmlIn(accessToken(await exchange()), 'base64url')
    const from = (name: string, attribute: string) => elementsIn(xml, name)[0]?.getAttribute(attribute) ?? ''
    const seconds = (name: string, attribute: string) => (new Date(from(name, attribute)).getTime() - before) / 1000
    expect(xml).to.match(
      /^<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2\.0:assertion" xmlns="urn:oasis:names:tc:SAML:2\.0:assertion" ID="ID_[\w-]+" IssueInstant="[\d:T.-]+Z" Version="2\.0"><saml:Issuer>http:\/\/127\.0\.0\.1:\d+\/saml<\/saml:Issuer><dsig:Signature /,
    )
    expect(xml).to.not.contain('\n')
    expect(elementsIn(xml, 'NameID').map(({textContent}) => textContent)).to.deep.equal(['alice'])
    expect(from('NameID', 'Format')).to.equal('urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified')
    expect(from('SubjectConfirmationData', 'Recipient')).to.equal(signInAddress)
    expect(seconds('SubjectConfirmationData', 'NotOnOrAfter')).to.be.closeTo(298, 5)
    expect(seconds('Conditions', 'NotBefore')).to.be.closeTo(-2, 5)
    expect(seconds('Conditions', 'NotOnOrAfter')).to.be.closeTo(58, 5)
    expect(seconds('AuthnStatement', 'SessionNotOnOrAfter')).to.be.closeTo(36_000, 5)
    expect(elementsIn(xml, 'Audience').map(({textContent}) => textContent)).to.deep.equal(['urn:amazon:webservices'])
    const roles = ['developer', 'readonly'].map(name => `${roleArn(name)},${providerArn}`)
    expect(attributeIn(xml, 'Role')).to.deep.equal(roles)
    expect(attributeIn(xml, 'RoleSessionName')).to.deep.equal(['alice'])
    expect(attributeIn(xml, 'SessionDuration')).to.deep.equal(['28800'])
  })

  it('names the certificate that is in the metadata of the provider, under the address of the metadata', async () => {
    const address = sandbox.addresses.sts.replace(/sts$/, 'saml')
    const metadata = await (await fetch(address)).text()
    expect(elementsIn(metadata, 'EntityDescriptor')[0]?.getAttribute('entityID')).to.equal(address)
    const [certificate] = elementsIn(metadata, 'X509Certificate')
    const xml = xmlIn(accessToken(await exchange()), 'base64url')
    expect(elementsIn(xml, 'X509Certificate')[0]?.textContent).to.equal(certificate?.textContent).and.to.match(/^MII/)
    expect(elementsIn(xml, 'Issuer')[0]?.textContent).to.equal(address)
  })

  it('lists 40 roles for a user who has them, and omits the roles attribute for a user who has none', async () => {
    const rolesOf = async (name: string) => {
      const subject = accessToken(await signIn(sandbox.addresses.issuer, name))
      return attributeIn(xmlIn(accessToken(await exchange({subject_token: subject})), 'base64url'), 'Role')
    }
    expect(await rolesOf('dave')).to.have.length(40)
    expect(await rolesOf('carol')).to.have.length(0)
    const carol = accessToken(await signIn(sandbox.addresses.issuer, 'carol'))
    const xml = xmlIn(accessToken(await exchange({subject_token: carol})), 'base64url')
    expect(xml).not.to.contain('SAML/Attributes/Role"')
  })

  it('accepts an access token without its type, and one of the confidential client', async () => {
    expect((await exchangeWithout('subject_token_type')).status).to.equal(200)
    const {parameters, authorization} = await callbackFor(sandbox.addresses.issuer, 'alice', {
      client_id: 'aws-oidc-confidential',
    })
    const own = await confidential({
      grant_type: 'authorization_code',
      code: parameters.get('code') ?? '',
      redirect_uri: authorization.redirectUri,
      code_verifier: authorization.verifier,
    })
    const answer = await confidential(asked({subject_token: String(own.access_token)}))
    expect(answer.issued_token_type, JSON.stringify(answer)).to.equal(tokenType('saml2'))
  })

  it('refuses the token of another client', async () => {
    const answer = await confidential(asked())
    expect(answer).to.deep.equal({
      error: 'access_denied',
      error_description: 'Client is not the holder of the token',
    })
    expectRefusal(await exchangeWithout('subject_token'), 403, 'access_denied', 'Client is not the holder of the token')
  })

  it('refuses an unknown audience, even beside a known one', async () => {
    expectRefusal(await exchange({audience: 'urn:example'}), 400, 'invalid_client', 'Audience not found')
    const body = new URLSearchParams({client_id: 'aws-oidc', ...asked()})
    body.append('audience', 'urn:example')
    const response = await fetch(`${sandbox.addresses.issuer}/token`, {method: 'POST', body})
    expect([response.status, await response.json()]).to.deep.equal([
      400,
      {error: 'invalid_client', error_description: 'Audience not found'},
    ])
    const message = 'Client requires assertion consumer url set up'
    expectRefusal(await exchangeWithout('audience'), 400, 'invalid_client', message)
  })

  it('refuses garbage, an ID token and a refresh token in the place of an access token', async () => {
    for (const subject_token of ['garbage', signedIn.idToken, signedIn.refreshToken]) {
      expectRefusal(await exchange({subject_token}), 400, 'invalid_request', 'Invalid token')
    }
  })

  it('refuses an access token that has expired, by the clock of the sandbox', async () => {
    await sandbox.control('POST /clock', {offsetSeconds: 200})
    expect((await exchange()).status).to.equal(200)
    await sandbox.control('POST /clock', {offsetSeconds: 301})
    expectRefusal(await exchange(), 400, 'invalid_request', 'Invalid token')
    const renewed = await refresh(sandbox.addresses.issuer, signedIn.refreshToken)
    expect((await exchange({subject_token: accessToken(renewed)})).status).to.equal(200)
    signedIn = renewed
  })

  it('refuses an access token after its session was revoked or ended', async () => {
    const {issuer} = sandbox.addresses
    const revoked = await signIn(issuer, 'alice')
    const body = new URLSearchParams({client_id: 'aws-oidc', token: revoked.refreshToken})
    expect((await fetch(`${issuer}/token/revocation`, {method: 'POST', body})).status).to.equal(200)
    const answer = await exchange({subject_token: accessToken(revoked)})
    expectRefusal(answer, 400, 'invalid_request', 'Invalid token')
    const ended = await signIn(issuer, 'alice')
    await sandbox.control('POST /revoke-sessions')
    expectRefusal(await exchange({subject_token: accessToken(ended)}), 400, 'invalid_request', 'Invalid token')
    signedIn = await signIn(issuer, 'alice')
  })

  it('refuses a subject token whose type is not that of an access token', async () => {
    for (const type of ['id_token', 'refresh_token']) {
      const answer = await exchange({subject_token: signedIn.idToken, subject_token_type: tokenType(type)})
      expectRefusal(answer, 400, 'invalid_request', 'Invalid token type, must be access token')
    }
  })

  it('accepts valid ID tokens where that is switched on', async () => {
    await order({subjectTokenTypes: ['access_token', 'id_token']})
    const byIdToken = (subject_token: string) => exchange({subject_token, subject_token_type: tokenType('id_token')})
    const {body} = await byIdToken(signedIn.idToken)
    expect(elementsIn(xmlIn(String(body.access_token), 'base64url'), 'NameID')[0]?.textContent).to.equal('alice')
    for (const wrong of [
      {key: 'foreign'},
      {claims: {iss: 'https://evil.example'}},
      {claims: {exp: Math.floor(Date.now() / 1000) - 1}},
      {claims: {sub: 'nobody'}},
    ]) {
      expectRefusal(await byIdToken(await sandbox.mint(wrong)), 400, 'invalid_request', 'Invalid token')
    }
    const foreign = await byIdToken(await sandbox.mint({claims: {aud: 'aws-oidc-confidential'}}))
    expectRefusal(foreign, 403, 'access_denied', 'Client is not the holder of the token')
    await order({subjectTokenTypes: ['id_token']})
    expectRefusal(await exchange(), 400, 'invalid_request', 'Invalid token type, must be access token')
  })

  it('refuses every request when it is switched off', async () => {
    await order({exchange: 'off'})
    const message = 'Standard token exchange is not enabled for the requested client'
    expectRefusal(await exchange(), 400, 'invalid_request', message)
    expectRefusal(await exchange({audience: 'x', subject_token: 'x'}), 400, 'invalid_request', message)
    await sandbox.control('DELETE /saml')
    expect((await exchange()).status).to.equal(200)
  })

  it('refuses when the client has no permission', async () => {
    await order({exchange: 'not-permitted'})
    expectRefusal(await exchange(), 403, 'access_denied', 'Client not allowed to exchange')
  })

  it('gives a JWT to a client that does not ask for SAML, and supports no other type than these two', async () => {
    const {status, body} = await exchangeWithout('requested_token_type')
    expect([status, body.issued_token_type]).to.deep.equal([200, tokenType('access_token')])
    expect(decodeJwt(String(body.access_token))).to.include({sub: 'alice', aud: 'urn:amazon:webservices'})
    for (const name of ['saml1', 'id_token']) {
      const answer = await exchange({requested_token_type: tokenType(name)})
      expectRefusal(answer, 400, 'invalid_request', 'requested_token_type unsupported')
    }
  })

  it('is recorded in the journal and open to faults, as every grant is', async () => {
    await sandbox.control('POST /faults', {on: 'token', grant, times: 1, change: {issued_token_type: null}})
    expect((await exchange()).body).not.to.have.property('issued_token_type')
    await exchange({audience: 'x'})
    const outcomes = (await sandbox.journal()).map(({kind, grant: name, outcome}) => ({kind, grant: name, outcome}))
    expect(outcomes).to.deep.equal([
      {kind: 'token', grant, outcome: 'ok'},
      {kind: 'token', grant, outcome: 'invalid_client'},
    ])
  })

  it('gives an assertion that STS accepts once it is put into a response', async () => {
    await order({form: 'response', encoding: 'base64', padded: true})
    const answer = await assumeBySaml(sandbox.addresses.sts, accessToken(await exchange()))
    expect(answer.element('Arn'), answer.xml).to.equal('arn:aws:sts::123456789012:assumed-role/developer/alice')
  })

  async function confidential(form: Record<string, string>): Promise<Record<string, unknown>> {
    const basic = Buffer.from('aws-oidc-confidential:sandbox-client-secret').toString('base64')
    const init = {method: 'POST', body: new URLSearchParams(form), headers: {authorization: `Basic ${basic}`}}
    return JSON.parse(await (await fetch(`${sandbox.addresses.issuer}/token`, init)).text())
  }
})
