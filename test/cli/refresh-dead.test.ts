import {expect} from 'chai'
import {forgetProvider, outliveTokens, rememberedTokens} from '../support/cached.ts'
import type {Ending} from '../support/home.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']
const login = ['login', '--profile', 'developer']
const page = {status: 403, body: '<html>Blocked by the firewall</html>', contentType: 'text/html'}

describe('a refresh token that no longer works', () => {
  const scene = useScene()
  beforeEach(async () => {
    await scene.home.run(creds)
    await outliveTokens(scene.home)
    await scene.sandbox.steer('DELETE', '/journal')
  })

  // Dex says invalid_request of one that is lost, used or expired (server/grants/refresh.go).
  for (const [status, error] of [
    [400, 'invalid_request'],
    [400, 'invalid_grant'],
    [400, 'invalid_scope'],
    [401, 'invalid_token'],
    [403, 'access_denied'],
  ] as const) {
    it(`counts as dead when the provider answers ${status} ${error}: a sign-in follows, or exit code 3`, async () => {
      await answer(oauthError(status, error))
      expect(await unattended()).to.include({exitCode: 3, stdout: ''})
      expect(await rememberedTokens(scene.home)).to.equal(undefined)
      expect(await statusOf()).to.include({renewable: false})
      expect(await scene.home.run(creds)).to.include({exitCode: 0})
      expect(await scene.sandbox.signIns()).to.equal(1)
    })

    for (const args of [login, [...login, '--if-needed']]) {
      it(`lets ${args.join(' ')} sign in when the provider answers ${status} ${error}`, async () => {
        await answer(oauthError(status, error))
        expect(await scene.home.run(args)).to.include({exitCode: 0})
        expect(await scene.sandbox.signIns()).to.equal(1)
      })
    }
  }

  for (const [what, fault, exitCode] of [
    ['400 invalid_client', oauthError(400, 'invalid_client'), 4],
    ['401 invalid_client', oauthError(401, 'invalid_client'), 4],
    ['400 unauthorized_client', oauthError(400, 'unauthorized_client'), 4],
    ['400 slow_down', oauthError(400, 'slow_down'), 6],
    ['400 temporarily_unavailable', oauthError(400, 'temporarily_unavailable'), 6],
    ['400 server_error', oauthError(400, 'server_error'), 6],
    ['407', oauthError(407, 'invalid_grant'), 6],
    ['408', oauthError(408, 'invalid_grant'), 6],
    ['429', oauthError(429, 'invalid_grant'), 6],
    ['503', oauthError(503, 'invalid_grant'), 6],
    ["a firewall's 403", page, 6],
    ['400 without an error', {status: 400, body: {message: 'no'}, contentType: 'application/json'}, 6],
    ['401 without a body', {status: 401}, 6],
    ['404', {status: 404}, 6],
  ] as const) {
    it(`is kept when the provider answers ${what}, and the next call renews`, async () => {
      const before = await rememberedTokens(scene.home)
      await answer(fault)
      expect(await scene.home.run(creds)).to.include({exitCode, stdout: ''})
      expect(await rememberedTokens(scene.home)).to.deep.equal(before)
      await scene.sandbox.steer('DELETE', '/faults')
      expect(await unattended()).to.include({exitCode: 0})
      expect(await scene.sandbox.signIns()).to.equal(0)
    })
  }

  for (const [what, fault] of Object.entries({
    'answers 503': oauthError(503, 'server_error'),
    'is cut off': {cut: true},
    'is behind a firewall': page,
    'answers for another user': {idToken: {claims: {sub: 'bob'}}},
  })) {
    it(`that can't be checked, as the provider ${what}, lets login sign in`, async () => {
      await answer(fault)
      const {exitCode, stderr} = await scene.home.run(login)
      expect(exitCode, stderr).to.equal(0)
      expect(await scene.sandbox.signIns()).to.equal(1)
    })

    it(`that can't be checked, as the provider ${what}, is no reason for login --if-needed to sign in`, async () => {
      await answer(fault)
      expect(await scene.home.run([...login, '--if-needed'])).to.include({exitCode: 6})
      expect(await scene.sandbox.signIns()).to.equal(0)
    })
  }

  it("that can't be checked is kept until a sign-in succeeds", async () => {
    const before = await rememberedTokens(scene.home)
    await answer(oauthError(503, 'server_error'))
    const {exitCode, stderr} = await scene.home.run(login, {SANDBOX_USER: 'deny'})
    expect(exitCode).to.equal(4)
    expect(stderr).to.include('HTTP 503')
    expect(await rememberedTokens(scene.home)).to.deep.equal(before)
  })

  it("that can't be checked makes login fail where the user can not be asked", async () => {
    await answer(oauthError(503, 'server_error'))
    expect(await scene.home.run(login, {AWS_OIDC_INTERACTIVE: 'never'})).to.include({exitCode: 6})
  })

  it('of a client that is refused opens no browser: no sign-in would help', async () => {
    await answer(oauthError(401, 'invalid_client'))
    expect(await scene.home.run(login)).to.include({exitCode: 4})
    expect(await scene.sandbox.signIns()).to.equal(0)
  })

  // Hydra signs what it refreshes with the key of the first sign-in, also after that key is gone.
  it('because its ID tokens are signed with a key that is gone leads to a sign-in', async () => {
    const before = await rememberedTokens(scene.home)
    await answer({idToken: {key: 'foreign'}})
    const {exitCode, stderr} = await unattended()
    expect(exitCode).to.equal(3)
    expect(stderr).to.include('no applicable keys').and.to.include('Try: aws-oidc login')
    expect((await rememberedTokens(scene.home))?.refreshToken)
      .to.be.a('string')
      .and.not.equal(before?.refreshToken)
    expect(await statusOf()).to.include({renewable: false})
    expect(await scene.home.run(creds)).to.include({exitCode: 0})
    expect(await scene.sandbox.signIns()).to.equal(1)
  })

  it('is not judged by outdated keys: they are fetched once more first', async () => {
    await forgetProvider(scene.home)
    await scene.sandbox.fault({on: 'jwks', change: {keys: []}, times: 1})
    expect(await unattended()).to.include({exitCode: 0})
    expect(await kinds()).to.deep.equal(['discovery', 'jwks', 'token', 'jwks', 'sts'])
  })

  function answer(effect: Readonly<Record<string, unknown>>): Promise<void> {
    return scene.sandbox.fault({on: 'token', grant: 'refresh_token', ...effect})
  }

  function unattended(): Promise<Ending> {
    return scene.home.run(creds, {AWS_OIDC_INTERACTIVE: 'never'})
  }

  async function statusOf(): Promise<unknown> {
    return JSON.parse((await scene.home.run(['status', '--json'])).stdout).providers[0]
  }

  async function kinds(): Promise<readonly string[]> {
    return (await scene.sandbox.journal()).map(({kind}) => kind)
  }
})

describe('a provider that creates a key when it first signs with it', () => {
  const scene = useScene()

  // Keycloak does so for PS256, ES384 and RS512.
  for (const [how, args] of [
    ['in the browser', login],
    ['with a code', [...login, '--device']],
  ] as const) {
    it(`lets a user sign in ${how} the first time: its keys are fetched once more`, async () => {
      await scene.sandbox.steer('POST', '/lifetimes', {intervalSeconds: 1})
      await scene.sandbox.fault({on: 'jwks', change: {keys: []}, times: 1})
      const {exitCode, stderr} = await scene.home.run(args)
      expect(exitCode, stderr).to.equal(0)
      const kinds = (await scene.sandbox.journal()).map(({kind}) => kind)
      expect(kinds.filter(kind => kind === 'jwks')).to.have.length(2)
      expect(await scene.sandbox.signIns()).to.equal(1)
    })
  }

  it('is not trusted with a key that it never publishes', async () => {
    await scene.sandbox.fault({on: 'token', idToken: {key: 'foreign'}})
    const {exitCode, stderr} = await scene.home.run(login)
    expect(exitCode).to.equal(6)
    expect(stderr).to.include('no applicable keys')
  })
})

function oauthError(status: number, error: string) {
  return {status, contentType: 'application/json', body: JSON.stringify({error})}
}
