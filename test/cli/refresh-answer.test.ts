import {expect} from 'chai'
import {outliveIdToken, outliveTokens, rememberedTokens} from '../support/cached.ts'
import type {Ending} from '../support/home.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']

describe('the answer to a refresh', () => {
  const scene = useScene()
  beforeEach(async () => {
    await scene.home.run(creds)
    await outliveTokens(scene.home)
    await scene.sandbox.steer('DELETE', '/journal')
  })

  it('may have an ID token without a nonce', async () => {
    await answerWith({idToken: {claims: {nonce: null}}})
    expect(await unattended()).to.include({exitCode: 0})
  })

  it("may have an ID token with the first one's nonce", async () => {
    const {nonce} = (await rememberedTokens(scene.home))?.claims ?? {}
    expect(nonce).to.be.a('string')
    await answerWith({idToken: {claims: {nonce}}})
    expect(await unattended()).to.include({exitCode: 0})
  })

  it("may have the first one's nonce even when one without a nonce came in between", async () => {
    const {nonce} = (await rememberedTokens(scene.home))?.claims ?? {}
    await answerWith({idToken: {claims: {nonce: null}}, times: 1})
    await answerWith({idToken: {claims: {nonce}}})
    expect(await unattended()).to.include({exitCode: 0})
    await outliveTokens(scene.home)
    expect(await unattended()).to.include({exitCode: 0})
  })

  it('is refused for another nonce even when one without a nonce came in between', async () => {
    await answerWith({idToken: {claims: {nonce: null}}, times: 1})
    await answerWith({idToken: {claims: {nonce: 'of-somebody-else'}}})
    expect(await unattended()).to.include({exitCode: 0})
    await outliveTokens(scene.home)
    expect(await unattended()).to.include({exitCode: 6, stdout: ''})
  })

  for (const [name, claims] of Object.entries({
    nonce: {nonce: 'of-another-sign-in'},
    sub: {sub: 'bob'},
    iss: {iss: 'https://elsewhere.example.com'},
    aud: {aud: ['aws-oidc', 'somebody-else'], azp: 'aws-oidc'},
    azp: {azp: 'somebody-else'},
    exp: {exp: Math.floor(Date.now() / 1000) - 3600},
    iat: {iat: Math.floor(Date.now() / 1000) + 3600},
  })) {
    it(`is refused when its ID token has a wrong "${name}": AWS never sees it`, async () => {
      await answerWith({idToken: {claims}})
      await expectRefused(`"${name}"`)
    })
  }

  it("is refused when its ID token is signed with a key that is not the provider's", async () => {
    await answerWith({idToken: {key: 'foreign'}})
    await expectRefused('no applicable keys', 3)
  })

  it('is refused when its ID token is not signed', async () => {
    await answerWith({idToken: {alg: 'none'}})
    await expectRefused('"id_token" is not a signed token')
  })

  it('may be signed with keys that are new since the sign-in', async () => {
    await scene.sandbox.steer('POST', '/rotate-keys', {})
    expect(await unattended()).to.include({exitCode: 0})
  })

  it('may lack an ID token: the old one is used while it is valid', async () => {
    const before = await rememberedTokens(scene.home)
    await answerWith({change: {id_token: null}})
    expect(await unattended()).to.include({exitCode: 0})
    const after = await rememberedTokens(scene.home)
    expect(after?.idToken).to.equal(before?.idToken)
    expect(after?.accessToken).not.to.equal(before?.accessToken)
    // And for no longer than it lives, however long the access token does.
    expect(Date.parse(after?.expiresAt ?? '')).to.be.at.most(Number(before?.claims.exp) * 1000)
  })

  it('without an ID token leads to a sign-in when the old one has expired, and its refresh token is kept', async () => {
    await outliveIdToken(scene.home)
    const before = await rememberedTokens(scene.home)
    await answerWith({change: {id_token: null}})
    expect(await unattended()).to.include({exitCode: 3, stdout: ''})
    expect((await rememberedTokens(scene.home))?.refreshToken)
      .to.be.a('string')
      .and.not.equal(before?.refreshToken)
    expect(await scene.home.run(creds)).to.include({exitCode: 0})
    expect(await scene.sandbox.signIns()).to.equal(1)
  })

  it('may lack a new refresh token: the old one is kept', async () => {
    const before = await rememberedTokens(scene.home)
    await answerWith({change: {refresh_token: null}})
    expect(await unattended()).to.include({exitCode: 0})
    expect((await rememberedTokens(scene.home))?.refreshToken)
      .to.be.a('string')
      .and.equal(before?.refreshToken)
  })

  it('may be for a client with a secret', async () => {
    await scene.home.configure({provider: {clientId: 'aws-oidc-confidential', clientSecret: {env: 'THE_SECRET'}}})
    const secret = {THE_SECRET: 'sandbox-client-secret'}
    await scene.home.run(creds, secret)
    await outliveTokens(scene.home)
    expect(await scene.home.run(creds, {...secret, AWS_OIDC_INTERACTIVE: 'never'})).to.include({exitCode: 0})
  })

  function answerWith(effect: Readonly<Record<string, unknown>>): Promise<void> {
    return scene.sandbox.fault({on: 'token', grant: 'refresh_token', ...effect})
  }

  function unattended(): Promise<Ending> {
    return scene.home.run(creds, {AWS_OIDC_INTERACTIVE: 'never'})
  }

  async function expectRefused(told: string, code = 6): Promise<void> {
    const before = await rememberedTokens(scene.home)
    const {exitCode, stdout, stderr} = await unattended()
    expect({exitCode, stdout}).to.deep.equal({exitCode: code, stdout: ''})
    expect(stderr).to.include(told)
    expect((await scene.sandbox.journal()).map(({kind}) => kind)).not.to.include('sts')
    expect((await rememberedTokens(scene.home))?.idToken).to.equal(before?.idToken)
  }
})
