import {expect} from 'chai'
import {forgetCredentials, forgetProvider, outliveTokens, rememberedTokens} from '../support/cached.ts'
import type {Ending, Running} from '../support/home.ts'
import {useScene} from '../support/scene.ts'
import {slowTokenEndpoint} from '../support/token-endpoint.ts'

const creds = ['creds', '--profile', 'developer']

describe('silent renewal of a sign-in', () => {
  const scene = useScene()
  beforeEach(async () => {
    await scene.home.run(creds)
    await outliveTokens(scene.home)
    await scene.sandbox.steer('DELETE', '/journal')
  })

  it('needs no user: new tokens from the refresh token, new credentials from AWS', async () => {
    const before = await rememberedTokens(scene.home)
    expect(await unattended()).to.include({exitCode: 0, stderr: sayingWhere()})
    const after = await rememberedTokens(scene.home)
    expect(after?.accessToken).to.be.a('string').and.not.equal(before?.accessToken)
    expect(after?.refreshToken).to.be.a('string').and.not.equal(before?.refreshToken)
    expect(await grants()).to.deep.equal(['refresh_token'])
  })

  it('happens once however many calls begin at the same time', async () => {
    const endings = await Promise.all(Array.from({length: 8}, unattended))
    expect(endings.map(({exitCode}) => exitCode)).to.deep.equal(Array(8).fill(0))
    expect(new Set(endings.map(({stdout}) => stdout)).size).to.equal(1)
    expect(await grants()).to.deep.equal(['refresh_token'])
  })

  for (const [what, fault] of Object.entries({
    'AWS fails': {on: 'sts', status: 500},
    'the connection to AWS is cut': {on: 'sts', cut: true},
    'AWS refuses the role': {on: 'sts', error: 'AccessDenied', message: 'No.'},
  })) {
    it(`has stored the new refresh token, and no longer needs the old one, when ${what} afterwards`, async () => {
      const before = await rememberedTokens(scene.home)
      await scene.sandbox.fault(fault)
      expect((await unattended()).exitCode).to.be.oneOf([5, 6])
      expect((await rememberedTokens(scene.home))?.refreshToken)
        .to.be.a('string')
        .and.not.equal(before?.refreshToken)

      await scene.sandbox.steer('DELETE', '/faults')
      await outliveTokens(scene.home)
      // `always` only lifts the brake on the role; the user need not be asked.
      expect(await scene.home.run(creds)).to.include({exitCode: 0})
      expect(await scene.sandbox.signIns()).to.equal(0)
      expect(await grants()).to.deep.equal(['refresh_token', 'refresh_token'])
    })
  }

  it('has stored the new refresh token when it is killed before AWS has answered', async () => {
    const before = await rememberedTokens(scene.home)
    await scene.sandbox.fault({on: 'sts', delayMs: 60_000})
    const {child, ended} = scene.home.start(creds, {AWS_OIDC_INTERACTIVE: 'never'})
    // It prints which STS it asks just before it does.
    await new Promise(resolve => child.stderr?.once('data', resolve))
    child.kill('SIGKILL')
    await ended
    await keptAnotherThan(before?.refreshToken)
  })

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`has stored the new refresh token when ${signal} comes while the provider answers`, async function () {
      if (process.platform === 'win32') this.skip()
      const before = await rememberedTokens(scene.home)
      let caller: Running | undefined
      const endpoint = await slowTokenEndpoint(scene.sandbox, () => caller?.child.kill(signal))
      try {
        await forgetProvider(scene.home)
        await scene.sandbox.fault({on: 'discovery', change: {token_endpoint: endpoint.address}})
        caller = scene.home.start(creds, {AWS_OIDC_INTERACTIVE: 'never'})
        expect(await caller.ended).to.include({exitCode: code, stdout: ''})
      } finally {
        await endpoint.close()
      }
      await keptAnotherThan(before?.refreshToken)
    })
  }

  for (const [what, fault] of Object.entries({
    'cut off': {cut: true},
    'out of order': {status: 500},
    'gone (404)': {status: 404},
    'no keys': {change: {keys: null}},
  })) {
    it(`does not use the refresh token when the keys to verify the answer are ${what}`, async () => {
      await forgetProvider(scene.home)
      await scene.sandbox.fault({on: 'jwks', ...fault})
      expect(await unattended()).to.include({exitCode: 6, stdout: ''})
      expect(await grants()).to.deep.equal([])
      await scene.sandbox.steer('DELETE', '/faults')
      expect(await unattended()).to.include({exitCode: 0})
    })
  }

  it('is replaced by a sign-in when the provider has revoked the refresh token', async () => {
    await scene.sandbox.steer('POST', '/revoke-sessions', {})
    expect(await scene.home.run(creds)).to.include({exitCode: 0})
    expect(await scene.sandbox.signIns()).to.equal(1)
    expect(await grants()).to.deep.equal(['refresh_token', 'authorization_code'])
  })

  it('ends with exit code 3 and the command to type when the refresh token is revoked and the user may not be asked', async () => {
    await scene.sandbox.steer('POST', '/revoke-sessions', {})
    const {exitCode, stdout, stderr} = await unattended()
    expect({exitCode, stdout}).to.deep.equal({exitCode: 3, stdout: ''})
    expect(stderr).to.match(/Try: aws-oidc login --profile developer\n/)
    expect(await scene.sandbox.signIns()).to.equal(0)
  })

  it('forgets a revoked refresh token, so that it is not tried again', async () => {
    await scene.sandbox.steer('POST', '/revoke-sessions', {})
    await unattended()
    await unattended()
    expect(await grants()).to.deep.equal(['refresh_token'])
  })

  for (const [what, fault] of Object.entries({
    'the token endpoint cuts the connection': {on: 'token', cut: true},
    'the token endpoint answers 503': {on: 'token', status: 503},
    'the token endpoint answers with a web page': {on: 'token', status: 200, body: '<html>', contentType: 'text/html'},
    'discovery fails': {on: 'discovery', status: 500},
  })) {
    it(`ends with exit code 6 and keeps the tokens when ${what}; the next call renews silently`, async () => {
      const before = await rememberedTokens(scene.home)
      await forgetProvider(scene.home)
      await scene.sandbox.fault(fault)
      // Not even where the user could be asked: a sign-in can't fix the network.
      expect(await scene.home.run(creds)).to.include({exitCode: 6, stdout: ''})
      expect(await rememberedTokens(scene.home)).to.deep.equal(before)
      await scene.sandbox.steer('DELETE', '/faults')
      expect(await unattended()).to.include({exitCode: 0})
      expect(await scene.sandbox.signIns()).to.equal(0)
    })
  }

  it('ends with exit code 6 and keeps the tokens when the provider is unreachable', async () => {
    const before = await rememberedTokens(scene.home)
    for (const on of ['discovery', 'token']) await scene.sandbox.fault({on, cut: true})
    const {exitCode, stderr} = await unattended()
    expect(exitCode).to.equal(6)
    expect(stderr).to.include('could not be reached')
    expect(await rememberedTokens(scene.home)).to.deep.equal(before)
  })

  it('happens once more when AWS calls the remembered token expired', async () => {
    await unattended()
    await forgetCredentials(scene.home)
    await scene.sandbox.steer('DELETE', '/journal')
    await scene.sandbox.fault({on: 'sts', error: 'ExpiredTokenException', message: 'Token expired', times: 1})
    expect(await unattended()).to.include({exitCode: 0})
    expect(await grants()).to.deep.equal(['refresh_token'])
  })

  it('is replaced by a sign-in when AWS calls the token expired and the provider renews without an ID token', async () => {
    await scene.sandbox.fault({on: 'sts', error: 'ExpiredTokenException', message: 'Token expired', times: 1})
    await scene.sandbox.fault({on: 'token', grant: 'refresh_token', change: {id_token: null}})
    expect(await scene.home.run(creds)).to.include({exitCode: 0})
    expect(await scene.sandbox.signIns()).to.equal(1)
  })

  async function grants(): Promise<readonly (string | undefined)[]> {
    return (await scene.sandbox.journal()).filter(({kind}) => kind === 'token').map(({grant}) => grant)
  }

  /** The refresh token that the provider gave in the place of `spent` was saved, and works. */
  async function keptAnotherThan(spent: string | undefined): Promise<void> {
    expect((await rememberedTokens(scene.home))?.refreshToken)
      .to.be.a('string')
      .and.not.equal(spent)
    await scene.sandbox.steer('DELETE', '/faults')
    await outliveTokens(scene.home)
    expect(await unattended()).to.include({exitCode: 0})
  }

  function unattended(): Promise<Ending> {
    return scene.home.run(creds, {AWS_OIDC_INTERACTIVE: 'never'})
  }

  function sayingWhere(): string {
    return `Asking the STS at ${new URL(scene.sandbox.sts).origin}, which is not AWS's own.\n`
  }
})
