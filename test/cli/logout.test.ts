import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import type {Home} from '../support/home.ts'
import {useScene} from '../support/scene.ts'

/** What a thief would have read while the user was signed in. */
async function stolenRefreshToken({cache}: Home): Promise<string> {
  for (const name of await readdir(join(cache, 'v1'))) {
    const [, token] = /\\"refreshToken\\":\\"([^"\\]+)/.exec(await readFile(join(cache, 'v1', name), 'utf8')) ?? []
    if (token) return token
  }
  throw new Error('there is no refresh token')
}

describe('logout', () => {
  const scene = useScene()

  const refresh = (token: string, clientId: string) =>
    fetch(`${scene.sandbox.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({grant_type: 'refresh_token', refresh_token: token, client_id: clientId}),
    })

  it('revokes the refresh token at the provider, so that a stolen one is worthless', async () => {
    const {home, sandbox} = scene
    await home.run(['login', '-p', 'developer'])
    const token = await stolenRefreshToken(home)
    const {exitCode, stdout, stderr} = await home.run(['logout'])
    expect({exitCode, stdout, stderr}).to.deep.equal({
      exitCode: 0,
      stdout: 'alice@example.com is signed out of sandbox.\n',
      stderr: '',
    })
    expect((await refresh(token, sandbox.clientId)).status).to.equal(400)
    expect(await home.entries()).to.deep.equal([])
    expect((await home.run(['creds', '-p', 'developer'], {AWS_OIDC_INTERACTIVE: 'never'})).exitCode).to.equal(3)
  })

  it('does so as a confidential client too', async () => {
    const {home, sandbox} = scene
    const env = {SECRET_OF_CLIENT: 'sandbox-client-secret'}
    await home.configure({
      provider: {clientId: 'aws-oidc-confidential', clientSecret: {env: 'SECRET_OF_CLIENT'}},
    })
    await home.run(['login', '-p', 'developer'], env)
    const {stdout, stderr} = await home.run(['logout', '--json'], env)
    expect({result: JSON.parse(stdout), stderr}).to.deep.equal({
      result: {signedOut: [{provider: 'sandbox', subject: 'alice@example.com', wasSignedIn: true}]},
      stderr: '',
    })
    expect((await sandbox.journal()).at(-1)).to.include({kind: 'revocation', outcome: 'ok'})
  })

  for (const [what, fault] of [
    ['does not answer', {on: 'revocation', cut: true}],
    ['has a bad day', {on: 'revocation', status: 503, body: 'busy'}],
    ['refuses', {on: 'revocation', error: 'unsupported_token_type'}],
    ['offers no revocation', {on: 'discovery', change: {revocation_endpoint: null}}],
  ] as const) {
    it(`removes everything locally and says so when the provider ${what}`, async () => {
      const {home, sandbox} = scene
      await home.run(['login', '-p', 'developer'])
      await sandbox.fault(fault)
      const {exitCode, stdout} = await home.run(['logout'])
      expect(exitCode).to.equal(0)
      expect(stdout).to.match(/is signed out of sandbox\.\n.+ Everything kept here is removed\.\n$/)
      expect(await home.entries()).to.deep.equal([])
    })
  }

  it('says that the user was not signed in, and sends no request', async () => {
    const {exitCode, stdout, stderr} = await scene.home.run(['logout'])
    expect({exitCode, stdout, stderr}).to.deep.equal({
      exitCode: 0,
      stdout: 'You were not signed in to sandbox.\n',
      stderr: '',
    })
    expect(await scene.sandbox.journal()).to.deep.equal([])
  })

  it('leaves other providers alone, unless --all', async () => {
    const {home, sandbox} = scene
    const other = {strategy: 'oidc', issuer: sandbox.issuer, clientId: sandbox.clientId, sessionName: 'other'}
    const text = (await readFile(join(home.folder, '.config/aws-oidc/config.yaml'), 'utf8')).replace(
      'providers:\n',
      `providers:\n  other: ${JSON.stringify(other)}\n`,
    )
    await home.writeConfig(text)
    await home.run(['login', '--all'])
    const ambiguous = await home.run(['logout'])
    expect(ambiguous.exitCode).to.equal(2)
    expect(ambiguous.stderr)
      .to.include('There are several providers: other, sandbox.')
      .and.include('aws-oidc logout --')
    await home.run(['logout', '--provider', 'other'])
    expect((await home.run(['status', '--provider', 'other', '--check'])).exitCode).to.equal(3)
    expect((await home.run(['status', '--provider', 'sandbox', '--check'])).exitCode).to.equal(0)
    await home.run(['logout', '--all'])
    expect(await home.entries()).to.deep.equal([])
  })

  it('with --all removes what earlier settings of a provider have left', async () => {
    const {home} = scene
    await home.run(['login', '-p', 'developer'])
    await home.configure({provider: {scopes: ['openid', 'email', 'profile']}})
    await home.run(['logout', '--all'])
    expect(await home.entries()).to.deep.equal([])
  })

  it('with --everywhere shows the address that ends the browser session, without a token in it', async () => {
    const {home, sandbox} = scene
    await home.run(['login', '-p', 'developer'])
    const {exitCode, stderr} = await home.run(['logout', '--everywhere', '--no-interactive'], {
      AWS_OIDC_BROWSER: 'true',
    })
    expect(exitCode).to.equal(0)
    expect(stderr).to.include(`${sandbox.issuer}/session/end?client_id=${sandbox.clientId}`).and.not.include('hint')
  })

  it('empties every cache, even when this call uses the cache "memory"', async () => {
    const {home} = scene
    await home.run(['login', '-p', 'developer'])
    expect(await home.run(['logout'], {AWS_OIDC_CACHE: 'memory'})).to.include({exitCode: 0})
    expect(await home.entries()).to.deep.equal([])
  })

  it('does not release the brake', async () => {
    const {home} = scene
    for (const _ of [1, 2]) await home.run(['creds', '-p', 'developer'], {SANDBOX_USER: 'deny'})
    await home.run(['logout'])
    const {exitCode, stderr} = await home.run(['creds', '-p', 'developer'], {
      AWS_OIDC_INTERACTIVE: 'auto',
      DISPLAY: ':0',
    })
    expect(exitCode).to.equal(3)
    expect(stderr).to.include('may not ask again')
  })
})
