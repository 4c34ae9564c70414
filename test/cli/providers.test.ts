import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

describe('providers', () => {
  const scene = useScene()
  const text = () => readFile(join(scene.home.folder, '.config/aws-oidc/config.yaml'), 'utf8')

  /** The sandbox's provider, and one that no profile names. */
  async function withSpare(settings: string): Promise<string> {
    const {home} = scene
    await home.writeConfig((await text()).replace('profiles:\n', `  spare:\n    ${settings}\nprofiles:\n`))
    return text()
  }

  it('list says which profiles use each provider', async () => {
    await withSpare('strategy: oidc')
    const {stdout} = await scene.home.run(['providers', 'list'])
    expect(stdout).to.equal('PROVIDER  STRATEGY  PROFILES\nsandbox   oidc      developer\nspare     oidc      -\n')
    const {providers} = JSON.parse((await scene.home.run(['providers', 'list', '--json'])).stdout)
    expect(providers[0]).to.deep.equal({provider: 'sandbox', strategy: 'oidc', profiles: ['developer']})
  })

  it('show prints everything but secrets, even a secret that must not be in the file', async () => {
    await scene.home.configure({provider: {clientSecret: 'not-for-this-file', parameters: {hint: 'x'}}})
    const {exitCode, stdout} = await scene.home.run(['providers', 'show', 'sandbox', '--json'])
    expect(exitCode).to.equal(0)
    expect(JSON.parse(stdout)).to.deep.include({provider: 'sandbox', strategy: 'oidc', package: 'aws-oidc'})
    expect(JSON.parse(stdout).settings).to.deep.equal({
      issuer: scene.sandbox.issuer,
      clientId: scene.sandbox.clientId,
      rolesClaim: 'aws_roles',
      clientSecret: '***',
      parameters: {hint: 'x'},
    })
    await scene.home.configure({provider: {clientSecret: {command: ['op', 'read', 'not-for-this-file']}}})
    const table = await scene.home.run(['providers', 'show', 'sandbox'])
    expect(table.stdout)
      .to.include('{"command":["op","***","***"]}')
      .and.match(/^Strategy +oidc of aws-oidc$/m)
  })

  it('show hides possible secrets of a strategy that is not installed', async () => {
    await withSpare('strategy: ping\n    key: not-for-this-file\n    flow: device')
    const {exitCode, stdout} = await scene.home.run(['providers', 'show', 'spare'])
    expect(exitCode).to.equal(0)
    expect(stdout)
      .to.include('ping, which is not installed')
      .and.match(/^key +\*\*\*$/m)
      .and.match(/^flow +device$/m)
  })

  it('remove removes a provider, signs out of it, and leaves the others signed in', async () => {
    const {home, sandbox} = scene
    const clients = `issuer: ${sandbox.issuer}\n    clientId: ${sandbox.clientId}`
    await withSpare(`strategy: oidc\n    ${clients}\n    sessionName: spare`)
    await home.run(['creds', '-p', 'developer'])
    const kept = await home.entries()
    await home.run(['login', '--provider', 'spare'])
    expect(await home.entries()).to.have.length.greaterThan(kept.length)
    const {exitCode, stdout} = await home.run(['providers', 'remove', 'spare'])
    expect({exitCode, stdout}).to.deep.equal({
      exitCode: 0,
      stdout: 'The provider "spare" is removed.\nalice@example.com is signed out of it.\n',
    })
    expect(await home.entries()).to.have.members([...kept])
    expect((await sandbox.journal()).some(({kind}) => kind === 'revocation')).to.equal(true)
    expect(await text()).not.to.include('spare')
  })

  it('remove keeps the user signed in to another provider with the same settings', async () => {
    const {home, sandbox} = scene
    await withSpare(
      `strategy: oidc\n    issuer: ${sandbox.issuer}\n    clientId: ${sandbox.clientId}\n    rolesClaim: aws_roles`,
    )
    await home.run(['creds', '-p', 'developer'])
    const kept = await home.entries()
    const {stdout} = await home.run(['providers', 'remove', 'spare'])
    expect(stdout).to.equal('The provider "spare" is removed.\n')
    expect(await home.entries()).to.have.members([...kept])
  })

  it('remove works without the strategy of the provider, and says what may be left', async () => {
    await withSpare('strategy: ping')
    const {exitCode, stdout} = await scene.home.run(['providers', 'remove', 'spare'])
    expect(exitCode).to.equal(0)
    expect(stdout).to.include('is removed').and.include('no strategy "ping"').and.include('Try: aws-oidc cache clear')
    expect(await text()).not.to.include('spare')
  })

  for (const [words, args, said] of [
    [
      'remove of one that a profile names',
      ['remove', 'sandbox'],
      ['developer', 'Try: aws-oidc profiles remove developer'],
    ],
    ['remove of a misspelt name', ['remove', 'sandbx'], ['Try: aws-oidc providers remove sandbox']],
    ['show of a misspelt name', ['show', 'sandbx'], ['Try: aws-oidc providers show sandbox']],
  ] as const) {
    it(`${words} is exit 2, and nothing is written or forgotten`, async () => {
      await scene.home.run(['creds', '-p', 'developer'])
      const [before, entries] = [await text(), await scene.home.entries()]
      const {exitCode, stdout, stderr} = await scene.home.run(['providers', ...args])
      expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
      for (const part of said) expect(stderr).to.include(part)
      expect(await text()).to.equal(before)
      expect(await scene.home.entries()).to.deep.equal(entries)
    })
  }
})
