import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {credentialsEntry} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']

describe('the user who signs in', () => {
  const scene = useScene()

  it('is another one: the tokens and credentials of the first user are removed', async () => {
    const {home} = scene
    await home.run(creds)
    const alices = await Promise.all((await home.entries()).map(name => readFile(join(home.cache, 'v1', name), 'utf8')))
    expect(await home.run(['login', '--provider', 'sandbox', '--force'], {SANDBOX_USER: 'bob'})).to.include({
      exitCode: 0,
    })
    const now = await Promise.all((await home.entries()).map(name => readFile(join(home.cache, 'v1', name), 'utf8')))
    for (const entry of alices) expect(now).not.to.include(entry)
    expect(now.join()).to.include('bob').and.not.to.include('alice')
    const {stderr} = await home.run([...creds, '--force'])
    expect(stderr, 'no sign-in: the new tokens are there').not.to.include('Signed in')
    expect(await scene.sandbox.signIns()).to.equal(2)
  })

  it('is another one with the same e-mail address: the credentials of the first user are removed', async () => {
    const {home, sandbox} = scene
    const first = (await home.run(creds)).stdout
    const {path} = await credentialsEntry(home)
    await sandbox.fault({on: 'token', idToken: {claims: {sub: 'other'}}})
    const {exitCode, stderr} = await home.run(['login', '--provider', 'sandbox', '--force'])
    expect(exitCode, stderr).to.equal(0)
    expect(await readFile(path, 'utf8').catch(({code}) => code)).to.equal('ENOENT')
    expect((await home.run(creds, {AWS_OIDC_INTERACTIVE: 'never'})).stdout).not.to.equal(first)
    expect(await sandbox.signIns(), 'the new tokens are there').to.equal(2)
  })

  it('is the same one: the credentials of other roles stay', async () => {
    const {home} = scene
    await home.run(creds)
    const {path} = await credentialsEntry(home)
    const before = await readFile(path, 'utf8')
    await home.run(['creds', '--provider', 'sandbox', '--role', '123456789012/readonly', '--force'])
    expect(await readFile(path, 'utf8')).to.equal(before)
  })
})

describe('the settings of a provider', () => {
  const scene = useScene()

  it('changed in any way make it another provider: one more sign-in', async () => {
    const {home, sandbox} = scene
    await home.run(creds)
    await home.configure({provider: {parameters: {ui_locales: 'en'}}})
    await home.run(creds)
    expect(await sandbox.signIns()).to.equal(2)
  })

  it('written in another order are the same provider', async () => {
    const {home, sandbox} = scene
    const {stdout} = await home.run(creds)
    const path = join(home.folder, '.config/aws-oidc/config.yaml')
    const [strategy = '', issuer = ''] = (await readFile(path, 'utf8')).match(/ {4}(strategy|issuer):.*\n/g) ?? []
    await home.writeConfig((await readFile(path, 'utf8')).replace(strategy + issuer, issuer + strategy))
    expect(await readFile(path, 'utf8')).to.include(issuer + strategy)
    expect(await home.run(creds)).to.include({stdout})
    expect(await sandbox.signIns()).to.equal(1)
  })
})
