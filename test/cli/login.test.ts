import {mkdir, rm, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']

describe('login', () => {
  const scene = useScene()

  it('says who you are and until when, and creds then needs no sign-in', async () => {
    const {home, sandbox} = scene
    const {exitCode, stdout} = await home.run(['login', '-p', 'developer'])
    expect(exitCode).to.equal(0)
    expect(stdout).to.match(
      /^Signed in as alice@example\.com at sandbox\.\nCredentials of arn:\S+developer are valid until .*\d\d:\d\d \(in \d+ minutes\)\.\n$/,
    )
    const {stderr} = await home.run(creds, {AWS_OIDC_INTERACTIVE: 'never'})
    expect(stderr).to.equal('')
    expect(await sandbox.signIns()).to.equal(1)
  })

  it('says the same as JSON with --json', async () => {
    const {stdout} = await scene.home.run(['login', '-p', 'developer', '--json'])
    const result = JSON.parse(stdout)
    expect(Object.keys(result)).to.deep.equal(['provider', 'subject', 'asked', 'role', 'credentialsUntil'])
    expect(result).to.include({provider: 'sandbox', subject: 'alice@example.com'})
    expect(Date.parse(result.credentialsUntil)).to.be.closeTo(Date.now() + 3_600_000, 30_000)
  })

  it('without arguments signs in to the only provider, and names no role where there are several', async () => {
    const {stdout} = await scene.home.run(['login'])
    expect(stdout).to.equal('Signed in as alice@example.com at sandbox.\n')
  })

  it('without arguments uses the profile that AWS_PROFILE names, if the configuration has it', async () => {
    const {stdout} = await scene.home.run(['login'], {AWS_PROFILE: 'developer'})
    expect(stdout).to.include('role/developer')
    expect((await scene.home.run(['login'], {AWS_PROFILE: 'somebody-elses'})).exitCode).to.equal(0)
  })

  it('does not ask while a remembered sign-in works, and asks again with --force', async () => {
    const {home, sandbox} = scene
    await home.run(['login', '-p', 'developer'])
    await home.run(['login', '-p', 'developer'])
    expect(await sandbox.signIns()).to.equal(1)
    await home.run(['login', '-p', 'developer', '--force'])
    expect(await sandbox.signIns()).to.equal(2)
  })

  it('--force that fails keeps the remembered sign-in', async () => {
    const {home} = scene
    await home.run(['login', '-p', 'developer'])
    expect(await home.run(['login', '-p', 'developer', '--force'], {SANDBOX_USER: 'deny'})).to.include({exitCode: 4})
    expect(await home.run([...creds, '--force'], {AWS_OIDC_INTERACTIVE: 'never'})).to.include({exitCode: 0})
  })

  it('chooses no provider by itself where there are several', async () => {
    const {home, sandbox} = scene
    const other = {strategy: 'oidc', issuer: sandbox.issuer, clientId: 'other'}
    await mkdir(join(home.folder, '.config/aws-oidc'), {recursive: true})
    await home.writeConfig(JSON.stringify({providers: {one: other, two: other}}))
    const {exitCode, stderr} = await home.run(['login'])
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('one, two').and.include('Try: aws-oidc login --provider one\n')
  })
})

describe('login without a known role, for a user who is offered one role', () => {
  const scene = useScene()
  const login = ['login', '--provider', 'sandbox']
  const bob = {SANDBOX_USER: 'bob'}

  async function asksOnce(): Promise<string> {
    const {exitCode, stdout, stderr} = await scene.home.run(login, bob)
    expect(exitCode, stderr).to.equal(0)
    expect(stdout).to.match(
      /^Signed in as bob@example\.com at sandbox\.\nCredentials of \S+role\/developer are valid until /,
    )
    expect(await scene.sandbox.signIns()).to.equal(1)
    return stderr
  }

  it('asks once', async () => {
    await asksOnce()
  })

  it('asks once where the cache can not be written', async () => {
    const {home} = scene
    await rm(home.cache, {recursive: true, force: true})
    await mkdir(dirname(home.cache), {recursive: true})
    await writeFile(home.cache, '')
    expect(await asksOnce()).to.include('Warning: The cache')
  })

  it('asks once where no sign-in may be remembered, and its tokens expire at once', async () => {
    const {home, sandbox} = scene
    await home.configure({provider: {rememberSignIn: false}})
    await sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 30})
    try {
      await asksOnce()
    } finally {
      await sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 300})
    }
  })

  it('asks once with --force', async () => {
    await scene.home.run(login, bob)
    await scene.sandbox.reset()
    expect(await scene.home.run([...login, '--force'], bob)).to.include({exitCode: 0})
    expect(await scene.sandbox.signIns()).to.equal(1)
  })
})
