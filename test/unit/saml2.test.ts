import {expect} from 'chai'
import type {GrantAnswer, Role} from '../../src/plugin.ts'
import {type Saml2Settings, saml2} from '../../src/providers/saml2.ts'
import {
  type FakeHost,
  type FakeHostOptions,
  fakeHost,
  fakeTokens,
  type GrantRequest,
  type Script,
  strategyContract,
} from '../../src/testing/index.ts'

const settings: Saml2Settings = {
  via: 'token-exchange',
  issuer: new URL('https://sso.example.com'),
  clientId: 'aws-oidc',
  clientSecret: 'the-secret-of-the-client',
  audience: 'urn:amazon:webservices',
  subjectTokenType: 'access_token',
}
const role: Role = {accountId: '123456789012', name: 'developer'}
const saml = 'urn:ietf:params:oauth:token-type:saml2'

interface Desk {
  readonly host: FakeHost
  readonly forms: GrantRequest['form'][]
}

/** A host whose token endpoint gives these answers in turn, and the forms that it was handed. */
function deskWith(answers: readonly GrantAnswer[], script: Script = {}, options?: FakeHostOptions): Desk {
  const forms: GrantRequest['form'][] = []
  const grants = answers.map(answer => ({form}: GrantRequest) => {
    forms.push(form)
    return answer
  })
  return {forms, host: fakeHost({tokens: [fakeTokens()], grants, ...script}, options)}
}

/** What a command that has signed a user in leaves behind. */
async function signedInBefore(tokens = fakeTokens()) {
  const {host} = deskWith([given('an-assertion')], {tokens: [tokens]})
  await saml2.signIn(settings, host)
  return {memory: host.memory}
}

function given(document: string, change: object = {}): GrantAnswer {
  return {status: 200, body: {access_token: document, issued_token_type: saml, expires_in: 60, ...change}}
}

function refusal(error: string, status = 400, description = 'as it says'): GrantAnswer {
  return {status, body: {error, error_description: description}}
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it worked',
    (error: unknown) => error,
  )
}

describe('the strategy "saml2"', () => {
  const idp = () => ({tokens: [fakeTokens()], grants: [given('an-assertion')]})
  const idpAgain = () => ({grants: [given('another-assertion')]})
  for (const {name, run} of strategyContract(saml2, {settings, idp, idpAgain})) it(name, run)
})

describe('the exchange of a token for an assertion', () => {
  it('asks for SAML 2.0 at the audience, and gives the answer as the proof', async () => {
    const tokens = fakeTokens()
    const samlRoles = [(document: string) => [{...role, ref: document}]]
    const {host, forms} = deskWith([given('an-assertion')], {tokens: [tokens], samlRoles})
    const identity = await saml2.signIn(settings, host)
    expect(identity.subject).to.equal('alice@example.com')
    expect(await identity.proofFor(role)).to.deep.equal({kind: 'saml', document: 'an-assertion'})
    expect(await identity.roles?.()).to.deep.equal([{...role, ref: 'an-assertion'}])
    expect(forms).to.deep.equal([
      {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: tokens.accessToken,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        requested_token_type: saml,
        audience: 'urn:amazon:webservices',
      },
    ])
  })

  it('may exchange the ID token', async () => {
    const tokens = fakeTokens()
    const {host, forms} = deskWith([given('an-assertion')], {tokens: [tokens]})
    await saml2.signIn({...settings, subjectTokenType: 'id_token'}, host)
    expect(forms[0]).to.include({
      subject_token: tokens.idToken,
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    })
  })

  for (const [what, change, words] of [
    ['a JWT', {issued_token_type: 'urn:ietf:params:oauth:token-type:jwt'}, 'token-type:jwt'],
    ['something without a type', {issued_token_type: undefined}, 'something else'],
    ['no text', {access_token: 1}, 'a SAML assertion'],
  ] as const) {
    it(`accepts nothing else as an assertion, such as ${what}`, async () => {
      const failure = await failureOf(saml2.signIn(settings, deskWith([given('eyJ.e30.x', change)]).host))
      expect(failure).to.include({code: 'BAD_RESPONSE'})
      expect(String(failure)).to.include(words).and.not.to.include('eyJ')
    })
  }
})

describe('one assertion', () => {
  it('is used for several roles while it is valid, and then another one is fetched', async () => {
    const desk = deskWith([given('first'), given('second')])
    const identity = await saml2.signIn(settings, desk.host)
    desk.host.advance(44_000)
    expect(await identity.proofFor(role)).to.include({document: 'first'})
    desk.host.advance(2_000)
    expect(await identity.proofFor(role)).to.include({document: 'second'})
    expect(desk.forms).to.have.lengthOf(2)
  })

  it('is used for five minutes at most, however long the provider makes it valid', async () => {
    const desk = deskWith([given('first', {expires_in: 36_000}), given('second')])
    const identity = await saml2.signIn(settings, desk.host)
    desk.host.advance(284_000)
    expect(await identity.proofFor(role)).to.include({document: 'first'})
    desk.host.advance(2_000)
    expect(await identity.proofFor(role)).to.include({document: 'second'})
  })

  it('is never that of another user', async () => {
    const end = new Date('2026-01-01T00:00:30Z')
    const tokens = [fakeTokens({sub: '1'}, end), fakeTokens({sub: '2'})]
    const {host} = deskWith([given('first'), given('second')], {tokens})
    const identity = await saml2.signIn(settings, host)
    host.advance(60_000)
    expect(await failureOf(identity.proofFor(role))).to.include({code: 'SIGN_IN_REFUSED'})
  })
})

describe('a provider that refuses the exchange', () => {
  it('is asked once more with fresh tokens, where those were remembered', async () => {
    const [first, second] = [fakeTokens(), fakeTokens()]
    const answers = [refusal('invalid_request', 400, 'Invalid token'), given('an-assertion')]
    const {host, forms} = deskWith(answers, {tokens: [second]}, await signedInBefore(first))
    const identity = await saml2.signIn(settings, host)
    expect(await identity.proofFor(role)).to.include({document: 'an-assertion'})
    expect(forms.map(form => form.subject_token)).to.deep.equal([first.accessToken, second.accessToken])
  })

  it('is not asked a third time', async () => {
    const answers = [refusal('invalid_request'), refusal('invalid_request')]
    const {host} = deskWith(answers, {}, await signedInBefore())
    expect(await failureOf(saml2.signIn(settings, host))).to.include({code: 'SIGN_IN_REFUSED'})
    host.verify()
  })

  it('is not asked again where the user has just signed in', async () => {
    const {host} = deskWith([refusal('invalid_request')])
    expect(await failureOf(saml2.signIn(settings, host))).to.include({code: 'SIGN_IN_REFUSED'})
    host.verify()
  })

  for (const [error, status, words, hint] of [
    ['access_denied', 403, 'may not exchange tokens for this audience', 'let the client exchange'],
    ['unauthorized_client', 401, 'may not exchange tokens for this audience', 'let the client exchange'],
    ['invalid_client', 400, 'does not know the client, its secret or the audience', '"audience"'],
    ['invalid_target', 400, 'does not know the audience', 'entity ID'],
    ['unsupported_grant_type', 400, 'does not support token exchange', 'the strategy "oidc"'],
    ['server_says_no', 400, 'server_says_no (as it says)', 'whoever runs the provider'],
  ] as const) {
    it(`with ${error} is quoted and explained, and not asked again`, async () => {
      const {host} = deskWith([refusal(error, status)], {}, await signedInBefore())
      const failure = await failureOf(saml2.signIn(settings, host))
      expect(failure).to.include({code: 'SIGN_IN_REFUSED'})
      expect(String(failure)).to.include(`${error} (as it says)`).and.include(words)
      expect(failure).to.have.property('hint').that.includes(hint)
      expect(host.asked, 'the user was asked').to.deep.equal([])
    })
  }

  it('without any explanation is reported by its status', async () => {
    const failure = await failureOf(saml2.signIn(settings, deskWith([{status: 418, body: {}}]).host))
    expect(String(failure)).to.include('HTTP 418')
  })
})
