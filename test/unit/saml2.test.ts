import {expect} from 'chai'
import {AwsOidcError} from '../../src/errors.ts'
import type {GrantAnswer, Host, Role, TokenSet} from '../../src/plugin.ts'
import {type Saml2Settings, saml2} from '../../src/providers/saml2.ts'

const settings: Saml2Settings = {
  via: 'token-exchange',
  issuer: new URL('https://sso.example.com'),
  clientId: 'aws-oidc',
  audience: 'urn:amazon:webservices',
  subjectTokenType: 'access_token',
}
const role: Role = {accountId: '123456789012', name: 'developer'}
const saml = 'urn:ietf:params:oauth:token-type:saml2'

interface Desk {
  readonly host: Host
  /** The tokens that were asked for: whether fresh ones. */
  readonly tokens: boolean[]
  readonly forms: Readonly<Record<string, string>>[]
  advance(seconds: number): void
}

/** A host whose token endpoint gives these answers in turn, and then the last one again. */
function deskWith(answers: readonly GrantAnswer[], change: (fresh: boolean) => Partial<TokenSet> = () => ({})): Desk {
  let time = Date.parse('2026-11-23T09:00:00Z')
  const [tokens, forms]: [boolean[], Readonly<Record<string, string>>[]] = [[], []]
  const unused = () => {
    throw new Error('the strategy has no use for this')
  }
  const host: Host = {
    interactive: true,
    signal: new AbortController().signal,
    env: {},
    fetch: unused,
    log: {debug: unused, info: unused, warn: unused},
    memory: {get: unused, set: unused, delete: unused, directory: unused},
    ask: {select: unused, text: unused, secret: unused},
    flow: 'browser',
    now: () => new Date(time),
    sleep: unused,
    showCode: unused,
    async tokens(_client, {fresh = false} = {}) {
      tokens.push(fresh)
      return {
        accessToken: `access token ${tokens.length}`,
        idToken: `id token ${tokens.length}`,
        claims: {sub: '1', email: 'alice@example.com'},
        expiresAt: new Date(time + 300_000),
        remembered: !fresh,
        renewable: true,
        ...change(fresh),
      }
    },
    async grant(_client, form) {
      forms.push(form)
      const answer = answers[Math.min(forms.length, answers.length) - 1]
      if (!answer) throw new Error('no answer')
      return answer
    },
    revoke: unused,
    endSession: unused,
    samlFromBrowser: unused,
    listen: unused,
    openBrowser: unused,
    rolesIn: async document => [{...role, ref: document}],
    error: (code, message, detail) => new AwsOidcError(code, message, detail),
  }
  return {
    host,
    tokens,
    forms,
    advance: seconds => {
      time += seconds * 1000
    },
  }
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

describe('the exchange of a token for an assertion', () => {
  it('asks for SAML 2.0 at the audience, and gives what comes as the proof', async () => {
    const {host, forms} = deskWith([given('an-assertion')])
    const identity = await saml2.signIn(settings, host)
    expect(identity.subject).to.equal('alice@example.com')
    expect(await identity.proofFor(role)).to.deep.equal({kind: 'saml', document: 'an-assertion'})
    expect(await identity.roles?.()).to.deep.equal([{...role, ref: 'an-assertion'}])
    expect(forms).to.deep.equal([
      {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: 'access token 1',
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        requested_token_type: saml,
        audience: 'urn:amazon:webservices',
      },
    ])
  })

  it('may begin with the ID token', async () => {
    const {host, forms} = deskWith([given('an-assertion')])
    await saml2.signIn({...settings, subjectTokenType: 'id_token'}, host)
    expect(forms[0]).to.include({
      subject_token: 'id token 1',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    })
  })

  for (const [what, change, words] of [
    ['a JWT', {issued_token_type: 'urn:ietf:params:oauth:token-type:jwt'}, 'token-type:jwt'],
    ['something without a type', {issued_token_type: undefined}, 'something else'],
    ['no text', {access_token: 1}, 'a SAML assertion'],
  ] as const) {
    it(`takes nothing else for an assertion, such as ${what}`, async () => {
      const failure = await failureOf(saml2.signIn(settings, deskWith([given('eyJ.e30.x', change)]).host))
      expect(failure).to.include({code: 'BAD_RESPONSE'})
      expect(String(failure)).to.include(words).and.not.to.include('eyJ')
    })
  }
})

describe('one assertion', () => {
  it('serves several roles while it lives, and then another one is got', async () => {
    const desk = deskWith([given('first'), given('second')])
    const identity = await saml2.signIn(settings, desk.host)
    desk.advance(44)
    expect(await identity.proofFor(role)).to.include({document: 'first'})
    desk.advance(2)
    expect(await identity.proofFor(role)).to.include({document: 'second'})
    expect(desk.forms).to.have.lengthOf(2)
  })

  it('serves five minutes at most, however long the provider lets it live', async () => {
    const desk = deskWith([given('first', {expires_in: 36_000}), given('second')])
    const identity = await saml2.signIn(settings, desk.host)
    desk.advance(284)
    expect(await identity.proofFor(role)).to.include({document: 'first'})
    desk.advance(2)
    expect(await identity.proofFor(role)).to.include({document: 'second'})
  })

  it("is never another person's", async () => {
    let subject = '1'
    const desk = deskWith([given('first')], () => ({claims: {sub: subject}}))
    const identity = await saml2.signIn(settings, desk.host)
    desk.advance(60)
    subject = '2'
    expect(await failureOf(identity.proofFor(role))).to.include({code: 'SIGN_IN_REFUSED'})
  })
})

describe('a provider that refuses the exchange', () => {
  it('is asked once more with fresh tokens, where those were remembered', async () => {
    const {host, tokens, forms} = deskWith([refusal('invalid_request', 400, 'Invalid token'), given('an-assertion')])
    const identity = await saml2.signIn(settings, host)
    expect(await identity.proofFor(role)).to.include({document: 'an-assertion'})
    expect(tokens).to.deep.equal([false, true])
    expect(forms.map(form => form.subject_token)).to.deep.equal(['access token 1', 'access token 2'])
  })

  it('is not asked a third time', async () => {
    const {host, tokens} = deskWith([refusal('invalid_request')])
    expect(await failureOf(saml2.signIn(settings, host))).to.include({code: 'SIGN_IN_REFUSED'})
    expect(tokens).to.deep.equal([false, true])
  })

  it('is not asked again where the person has just signed in', async () => {
    const {host, tokens} = deskWith([refusal('invalid_request')], () => ({remembered: false}))
    expect(await failureOf(saml2.signIn(settings, host))).to.include({code: 'SIGN_IN_REFUSED'})
    expect(tokens).to.deep.equal([false])
  })

  for (const [error, status, words, hint] of [
    ['access_denied', 403, 'may not exchange tokens for this audience', 'let the client exchange'],
    ['unauthorized_client', 401, 'may not exchange tokens for this audience', 'let the client exchange'],
    ['invalid_client', 400, 'does not know the client, its secret or the audience', '"audience"'],
    ['invalid_target', 400, 'does not know the audience', 'entity ID'],
    ['unsupported_grant_type', 400, 'has no token exchange', 'the strategy "oidc"'],
    ['server_says_no', 400, 'server_says_no (as it says)', 'whoever runs the provider'],
  ] as const) {
    it(`with ${error} is quoted and explained, and not asked again`, async () => {
      const {host, tokens} = deskWith([refusal(error, status)])
      const failure = await failureOf(saml2.signIn(settings, host))
      expect(failure).to.include({code: 'SIGN_IN_REFUSED'})
      expect(String(failure)).to.include(`${error} (as it says)`).and.include(words)
      expect(failure).to.have.property('hint').that.includes(hint)
      expect(tokens).to.deep.equal([false])
    })
  }

  it('in no words at all is told of by its status', async () => {
    const failure = await failureOf(saml2.signIn(settings, deskWith([{status: 418, body: {}}]).host))
    expect(String(failure)).to.include('HTTP 418')
  })
})
