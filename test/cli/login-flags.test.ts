import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {leaveSeconds} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const ifNeeded = ['login', '-p', 'developer', '--if-needed']

describe('login --if-needed', () => {
  const scene = useScene()

  it('signs in where the user is not signed in', async () => {
    const {exitCode, stdout} = await scene.home.run(ifNeeded)
    expect(exitCode).to.equal(0)
    expect(stdout).to.include('Signed in as alice@example.com')
    expect(await scene.sandbox.signIns()).to.equal(1)
  })

  it('does nothing while credentials are fresh: no network, and it says until when', async () => {
    const {home, sandbox} = scene
    await home.run(ifNeeded)
    await sandbox.steer('DELETE', '/journal')
    const {exitCode, stdout, stderr} = await home.run(ifNeeded)
    expect({exitCode, stderr}).to.deep.equal({exitCode: 0, stderr: ''})
    expect(stdout).to.match(
      /^Signed in as alice@example\.com at sandbox\.\nCredentials of \S+developer are valid until /,
    )
    expect(await sandbox.journal()).to.deep.equal([])
  })

  it('renews old credentials without asking', async () => {
    const {home, sandbox} = scene
    await home.run(ifNeeded)
    await leaveSeconds(home, -60)
    expect(JSON.parse((await home.run([...ifNeeded, '--json'])).stdout)).to.include({asked: false})
    expect(await sandbox.signIns()).to.equal(1)
    expect((await home.run(['status', '-p', 'developer', '--json'])).stdout).to.include('"fresh"')
  })

  it('asks when the provider no longer renews', async () => {
    const {home, sandbox} = scene
    await sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 50})
    await home.run(ifNeeded)
    await sandbox.steer('POST', '/revoke-sessions', {})
    await leaveSeconds(home, -60)
    expect(JSON.parse((await home.run([...ifNeeded, '--json'])).stdout)).to.include({asked: true})
    await sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 300})
    expect(await sandbox.signIns()).to.equal(2)
  })

  it('opens no browser when only the network is down', async () => {
    const {home, sandbox} = scene
    await sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 50})
    await home.run(ifNeeded)
    await sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 300})
    await leaveSeconds(home, -60)
    await sandbox.fault({on: 'token', cut: true})
    const {exitCode, stdout} = await home.run(ifNeeded)
    expect({exitCode, stdout}).to.deep.equal({exitCode: 6, stdout: ''})
    expect(await sandbox.signIns()).to.equal(1)
  })

  it('can not be combined with --force', async () => {
    const {exitCode, stderr} = await scene.home.run([...ifNeeded, '--force'])
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('--force')
  })
})

describe('login --all', () => {
  const scene = useScene()

  async function twoProviders(other: object): Promise<void> {
    const {home} = scene
    const text = await readFile(join(home.folder, '.config/aws-oidc/config.yaml'), 'utf8')
    await home.writeConfig(text.replace('providers:\n', `providers:\n  other: ${JSON.stringify(other)}\n`))
  }

  it('signs in to every provider and names the user at each', async () => {
    const {home, sandbox} = scene
    await twoProviders({strategy: 'oidc', issuer: sandbox.issuer, clientId: sandbox.clientId, sessionName: 'other'})
    const {exitCode, stdout} = await home.run(['login', '--all'])
    expect({exitCode, stdout}).to.deep.equal({
      exitCode: 0,
      stdout: 'Signed in as alice@example.com at other.\nSigned in as alice@example.com at sandbox.\n',
    })
    expect(await sandbox.signIns()).to.equal(2)
  })

  it('goes on after a failure, names it, and ends with its exit code', async () => {
    const {home, sandbox} = scene
    await twoProviders({strategy: 'oidc', issuer: `${sandbox.issuer}/nowhere`, clientId: sandbox.clientId})
    const {exitCode, stdout} = await home.run(['login', '--all'])
    expect(exitCode).to.equal(6)
    expect(stdout).to.match(/^other: .+\nTry: .+\nSigned in as alice@example\.com at sandbox\.\n$/)
    const {providers} = JSON.parse((await home.run(['login', '--all', '--json'])).stdout)
    expect(providers[0]).to.nested.include({provider: 'other', 'error.exitCode': 6})
    expect(providers[1]).to.include({provider: 'sandbox', subject: 'alice@example.com', asked: false})
  })

  it('can not be combined with --provider', async () => {
    expect((await scene.home.run(['login', '--all', '--provider', 'sandbox'])).exitCode).to.equal(2)
  })
})
