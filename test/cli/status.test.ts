import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {inventory, leaveSeconds, takeLock} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

interface Standing {
  readonly at: string
  readonly ready: boolean
  readonly cache: string
  readonly providers: readonly Record<string, unknown>[]
  readonly profiles: readonly Record<string, unknown>[]
}

describe('status', () => {
  const scene = useScene()

  async function standing(...args: string[]): Promise<Standing> {
    const {exitCode, stdout, stderr} = await scene.home.run(['status', '--json', ...args])
    expect({exitCode, stderr}).to.deep.equal({exitCode: 0, stderr: ''})
    return JSON.parse(stdout) as Standing
  }

  const profile = async (name: string) => (await standing('-p', name)).profiles[0]
  const provider = async () => (await standing()).providers[0]

  it('says that the user is not signed in, and --check is exit 3', async () => {
    const {exitCode, stdout} = await scene.home.run(['status', '--check'])
    expect(exitCode).to.equal(3)
    expect(stdout)
      .to.match(/^sandbox +nobody +- +-$/m)
      .and.match(/^developer +absent +- +arn:\S+role\/developer$/m)
  })

  it('says who is signed in, which credentials there are and until when; --check is exit 0', async () => {
    await scene.home.run(['login', '-p', 'developer'])
    const {exitCode, stdout, stderr} = await scene.home.run(['status', '--check'])
    expect({exitCode, stderr}).to.deep.equal({exitCode: 0, stderr: ''})
    expect(stdout).to.match(/^sandbox +alice@example\.com +\d\d:\d\d .*in \d minutes?\) +yes$/m)
    expect(stdout).to.match(/^developer +fresh +.*\((?:60|59) minutes?|in 60 minutes\)/m)
    const {at, ready, cache, providers, profiles} = await standing()
    expect(Math.abs(Date.parse(at) - Date.now())).to.be.lessThan(60_000)
    expect({ready, cache}).to.deep.equal({ready: true, cache: 'file'})
    expect(providers).to.have.length(1)
    expect(providers[0]).to.include({
      provider: 'sandbox',
      signedIn: true,
      subject: 'alice@example.com',
      renewable: true,
    })
    expect(profiles.map(({profile, state, needsPerson}) => [profile, state, needsPerson])).to.deep.equal([
      ['developer', 'fresh', false],
      ['admin', 'absent', false],
    ])
  })

  it('asks nothing, needs no network and changes nothing', async () => {
    const {home, sandbox} = scene
    await home.run(['login', '-p', 'developer'])
    await sandbox.steer('DELETE', '/journal')
    // The first call that finds our folder keeps compiled code there.
    await home.run(['status'])
    const before = await inventory(home.folder)
    await home.run(['status'])
    await home.run(['status', '--check', '--json'])
    expect(await inventory(home.folder)).to.deep.equal(before)
    expect(await sandbox.journal()).to.deep.equal([])
  })

  it('does not wait for a sign-in', async () => {
    await scene.home.run(['login', '-p', 'developer'])
    const release = await takeLock(scene.home)
    try {
      expect((await standing()).ready).to.equal(true)
    } finally {
      release()
    }
  })

  it('follows credentials as they age', async () => {
    await scene.home.run(['login', '-p', 'developer'])
    for (const [seconds, state] of [
      [1800, 'fresh'],
      [600, 'expiring'],
      [30, 'expired'],
      [-60, 'expired'],
    ] as const) {
      await leaveSeconds(scene.home, seconds)
      expect(await profile('developer'), String(seconds)).to.include({state, needsPerson: false})
    }
  })

  it('needs the user again only when nothing can be renewed and no source credentials are left', async () => {
    const {home} = scene
    await home.configure({provider: {rememberSignIn: false}})
    await home.run(['login', '-p', 'developer'])
    expect(await provider()).to.include({renewable: false, signedIn: true})
    expect(await profile('admin')).to.include({state: 'absent', needsPerson: false})
    await leaveSeconds(home, -60)
    expect(await profile('admin'), 'the ID token of five minutes still serves').to.include({needsPerson: false})
    await home.run(['cache', 'clear'])
    expect(await profile('admin')).to.include({state: 'absent', needsPerson: true})
  })

  it('knows that the provider refused to renew', async () => {
    const {home, sandbox} = scene
    await sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 50})
    await home.run(['login', '-p', 'developer'])
    await sandbox.steer('POST', '/revoke-sessions', {})
    const {exitCode} = await home.run(['creds', '-p', 'developer', '--force'], {AWS_OIDC_INTERACTIVE: 'never'})
    await sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 300})
    expect(exitCode).to.equal(3)
    expect(await provider()).to.include({signedIn: false, renewable: false})
    const check = async () => (await home.run(['status', '-p', 'developer', '--check'])).exitCode
    expect(await check(), 'while credentials still work').to.equal(0)
    await leaveSeconds(home, -60)
    expect(await check(), 'when they have ended').to.equal(3)
  })

  it('shows what went wrong last and when programs may ask again, until a sign-in works', async () => {
    const {home} = scene
    await home.run(['creds', '-p', 'developer'], {SANDBOX_USER: 'deny'})
    expect(await provider()).to.nested.include({'lastProblem.code': 'SIGN_IN_REFUSED', 'brake.kind': 'until'})
    const {stdout} = await home.run(['status'])
    expect(stdout)
      .to.include('access_denied')
      .and.include('Try: aws-oidc login')
      .and.include('programs may ask again at')
    await home.run(['creds', '-p', 'developer'], {SANDBOX_USER: 'deny'})
    expect((await home.run(['status'])).stdout).to.include('programs may not ask again')
    await home.run(['login', '-p', 'developer'])
    expect(await provider()).not.to.have.any.keys('lastProblem', 'brake')
  })

  it('shows errors that programs hid: a refusal of AWS, and that a sign-in was needed', async () => {
    const {home} = scene
    await home.configure({
      profiles: {closed: {provider: 'sandbox', role: 'arn:aws:iam::123456789012:role/locked'}},
    })
    await home.run(['creds', '-p', 'developer'], {AWS_OIDC_INTERACTIVE: 'never'})
    expect(await provider()).to.nested.include({'lastProblem.code': 'SIGN_IN_REQUIRED'})
    await home.run(['creds', '-p', 'closed'])
    expect(await provider()).to.nested.include({'lastProblem.code': 'AWS_REFUSED'})
  })

  it('lists only the profiles of a given provider, and names an unknown profile', async () => {
    const {home} = scene
    expect((await standing('--provider', 'sandbox')).profiles).to.have.length(2)
    expect((await standing('-p', 'admin')).profiles).to.have.length(1)
    const {exitCode, stderr} = await home.run(['status', '-p', 'develper'])
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('--profile developer')
  })

  it('works on a machine that was never used', async () => {
    await rm(join(scene.home.folder, '.config'), {recursive: true})
    expect((await standing()).profiles).to.deep.equal([])
  })
})
