import {expect} from 'chai'
import {forgetCredentials} from '../support/cached.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']

interface Forgery {
  readonly idToken: Readonly<Record<string, unknown>>
  /** What the user is told about it. */
  readonly told: string
}

const now = Math.floor(Date.now() / 1000)

const forgeries: Readonly<Record<string, Forgery>> = {
  'from another issuer': {idToken: {claims: {iss: 'https://elsewhere.example.com'}}, told: '"iss"'},
  'for another client': {idToken: {claims: {aud: 'another-client'}}, told: '"aud"'},
  'for several audiences without us': {idToken: {claims: {aud: ['x', 'y'], azp: 'aws-oidc'}}, told: '"aud"'},
  'for several audiences without azp': {idToken: {claims: {aud: ['aws-oidc', 'x']}}, told: 'aud'},
  'for several audiences that another client requested': {
    idToken: {claims: {aud: ['aws-oidc', 'another-client'], azp: 'another-client'}},
    told: 'azp',
  },
  'for us that another client requested': {idToken: {claims: {azp: 'another-client'}}, told: '"azp"'},
  'of another sign-in': {idToken: {claims: {nonce: 'of-another-sign-in'}}, told: '"nonce"'},
  'without the nonce': {idToken: {claims: {nonce: null}}, told: '"nonce"'},
  'that has expired': {idToken: {claims: {iat: now - 7200, exp: now - 3600}}, told: '"exp"'},
  'that has expired a minute ago': {idToken: {claims: {iat: now - 7200, exp: now - 60}}, told: '"exp"'},
  'from the future': {idToken: {claims: {iat: now + 3600, exp: now + 7200}}, told: '"iat"'},
  'that is not valid yet': {idToken: {claims: {nbf: now + 3600, exp: now + 7200}}, told: '"nbf"'},
  'without "iss"': {idToken: {claims: {iss: null}}, told: 'iss'},
  'without "sub"': {idToken: {claims: {sub: null}}, told: 'sub'},
  'without "aud"': {idToken: {claims: {aud: null}}, told: 'aud'},
  'without "exp"': {idToken: {claims: {exp: null}}, told: 'exp'},
  'without "iat"': {idToken: {claims: {iat: null}}, told: 'iat'},
  'with an "exp" that is not a number': {idToken: {claims: {exp: '2099-01-01'}}, told: 'exp'},
  'with no signature (alg none)': {idToken: {alg: 'none'}, told: '"id_token" is not a signed token'},
  'signed with a secret (HS256)': {idToken: {alg: 'HS256'}, told: 'alg'},
  'signed with an algorithm that the provider does not list (PS256)': {idToken: {alg: 'PS256'}, told: 'alg'},
  'that names unknown critical headers': {idToken: {header: {crit: ['b64'], b64: true}}, told: 'crit'},
}

describe('the ID token of a sign-in', () => {
  const scene = useScene()

  for (const [what, {idToken, told}] of Object.entries(forgeries)) {
    it(`is refused when it is one ${what}: nothing is kept and AWS never sees it`, async () => {
      await scene.sandbox.fault({on: 'token', idToken})
      await expectRefused(told)
    })
  }

  it("is refused when its signature was made with a key that is not the provider's", async () => {
    await scene.sandbox.fault({on: 'token', idToken: {key: 'foreign'}})
    await expectRefused('no applicable keys')
  })

  it("is refused when its signature was made with a foreign key under the key id of the provider's", async () => {
    const response = await fetch(`${scene.sandbox.issuer}/jwks`)
    const {keys} = (await response.json()) as {readonly keys: readonly {readonly kid: string; readonly kty: string}[]}
    const kid = keys.find(({kty}) => kty === 'RSA')?.kid
    await scene.sandbox.fault({on: 'token', idToken: {key: 'foreign', header: {kid}}})
    await expectRefused('signature')
  })

  for (const alg of ['none', 'HS256']) {
    it(`is refused with alg ${alg} although the provider lists that`, async () => {
      await scene.sandbox.fault({
        on: 'discovery',
        change: {id_token_signing_alg_values_supported: ['RS256', alg]},
      })
      await scene.sandbox.fault({on: 'token', idToken: {alg}})
      await expectRefused('')
    })
  }

  it('is refused when it is not a token at all', async () => {
    await scene.sandbox.fault({on: 'token', change: {id_token: 'not.a.token'}})
    await expectRefused('')
  })

  it("is not even requested when the provider's keys can not be fetched", async () => {
    await scene.sandbox.fault({on: 'jwks', status: 503})
    await expectRefused('HTTP 503', 'UNAVAILABLE')
    expect((await scene.sandbox.journal()).map(({kind}) => kind)).not.to.include('token')
  })

  it("is refused when the provider's keys are not keys", async () => {
    await scene.sandbox.fault({on: 'jwks', change: {keys: 'none'}})
    await expectRefused('')
  })

  it("is refused when a member of the provider's keys is not text, without looking like a bug of ours", async () => {
    const response = await fetch(`${scene.sandbox.issuer}/jwks`)
    const {keys} = (await response.json()) as {readonly keys: readonly object[]}
    await scene.sandbox.fault({on: 'jwks', change: {keys: keys.map(key => ({...key, n: {toString: 5}}))}})
    await expectRefused('"keys" is not a list of public keys')
  })

  it("is accepted when the provider's clock is ahead or behind, with a warning", async () => {
    for (const offsetSeconds of [3600, -3600]) {
      await scene.sandbox.steer('POST', '/clock', {offsetSeconds})
      const {exitCode, stderr} = await scene.home.run([...creds, '--force'])
      expect({offsetSeconds, exitCode}).to.deep.equal({offsetSeconds, exitCode: 0})
      expect(stderr).to.include('The clock of this machine is 60 min')
    }
  })

  it('is accepted after the provider has changed its keys', async () => {
    expect(await scene.home.run(creds)).to.include({exitCode: 0})
    await scene.sandbox.steer('POST', '/rotate-keys', {})
    await scene.sandbox.steer('DELETE', '/journal')
    expect(await scene.home.run(['login', '--profile', 'developer', '--force'])).to.include({exitCode: 0})
    expect(await scene.sandbox.signIns()).to.equal(1)
  })

  async function expectRefused(told: string, code: 'BAD_RESPONSE' | 'UNAVAILABLE' = 'BAD_RESPONSE'): Promise<void> {
    const {exitCode, stdout} = await scene.home.run(['login', '--profile', 'developer', '--json'])
    const {error} = JSON.parse(stdout) as {readonly error: Readonly<Record<string, string>>}
    expect({exitCode, code: error.code}).to.deep.equal({exitCode: 6, code})
    expect(error.message).to.include(told)
    expect(await scene.home.entries()).to.deep.equal([])
    expect((await scene.sandbox.journal()).map(({kind}) => kind)).not.to.include('sts')
  }
})

describe('the ID token, before AWS sees it', () => {
  const scene = useScene()

  it('is not sent when it is longer than AWS accepts, and the error says how long it is', async () => {
    const {exitCode, stdout, stderr} = await scene.home.run(creds, {SANDBOX_USER: 'erin'})
    expect({exitCode, stdout}).to.deep.equal({exitCode: 5, stdout: ''})
    expect(stderr).to.match(/The ID token has 2\d{4} characters; AWS accepts at most 20000/)
    expect(stderr).to.match(/Try: .*fewer claims/)
    expect(await calls()).to.equal(0)
  })

  it('is not sent when it has an algorithm that AWS does not accept, though the provider lists it', async () => {
    await offerPs256()
    await scene.sandbox.fault({on: 'token', idToken: {alg: 'PS256'}})
    const {exitCode, stdout, stderr} = await scene.home.run(creds)
    expect({exitCode, stdout}).to.deep.equal({exitCode: 5, stdout: ''})
    expect(stderr)
      .to.include('signed with PS256; AWS accepts RS256')
      .and.to.match(/Try: .*RS256/)
    expect(await calls()).to.equal(0)
  })

  it('is explained when AWS refuses it: AWS compares the azp, not the audience', async () => {
    await scene.sandbox.fault({
      on: 'token',
      idToken: {claims: {aud: ['aws-oidc', 'somebody-else'], azp: 'aws-oidc'}},
    })
    await scene.sandbox.fault({on: 'sts', error: 'InvalidIdentityToken', message: 'Incorrect token audience'})
    const {exitCode, stdout, stderr} = await scene.home.run(creds)
    expect({exitCode, stdout}).to.deep.equal({exitCode: 5, stdout: ''})
    expect(stderr).to.include('  aud  aws-oidc, somebody-else\n  azp  aws-oidc\n')
    expect(stderr).to.include('AWS compares the azp')
    expect(await calls()).to.be.greaterThan(0)
  })

  it('is sent without a warning when azp and audience are the same', async () => {
    await scene.sandbox.fault({on: 'token', idToken: {claims: {azp: 'aws-oidc'}}})
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode).to.equal(0)
    expect(stderr).not.to.include('azp')
  })

  it('may have an algorithm other than RS256 that AWS accepts', async () => {
    await scene.sandbox.fault({
      on: 'discovery',
      change: {id_token_signing_alg_values_supported: ['RS256', 'ES256']},
    })
    await scene.sandbox.fault({on: 'token', idToken: {alg: 'ES256'}})
    expect(await scene.home.run(creds)).to.include({exitCode: 0})
  })

  it('is remembered: the next credentials need no request to the provider', async () => {
    await scene.home.run(creds)
    await forgetCredentials(scene.home)
    await scene.sandbox.steer('DELETE', '/journal')
    expect(await scene.home.run(creds, {AWS_OIDC_INTERACTIVE: 'never'})).to.include({exitCode: 0})
    expect((await scene.sandbox.journal()).map(({kind}) => kind)).to.deep.equal(['sts'])
  })

  async function calls(): Promise<number> {
    return (await scene.sandbox.journal()).filter(({kind}) => kind === 'sts').length
  }

  /** The provider's key names its algorithm; a key that does not is for all algorithms of its kind. */
  async function offerPs256(): Promise<void> {
    const response = await fetch(`${scene.sandbox.issuer}/jwks`)
    const {keys} = (await response.json()) as {readonly keys: readonly Readonly<Record<string, unknown>>[]}
    await scene.sandbox.fault({on: 'jwks', change: {keys: keys.map(({alg: _, ...key}) => key)}})
    await scene.sandbox.fault({
      on: 'discovery',
      change: {id_token_signing_alg_values_supported: ['RS256', 'PS256']},
    })
  }
})
