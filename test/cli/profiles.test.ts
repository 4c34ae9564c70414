import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

const arn = (name: string) => `arn:aws:iam::123456789012:role/${name}`

describe('profiles', () => {
  const scene = useScene()
  const path = () => join(scene.home.folder, '.config/aws-oidc/config.yaml')
  const text = () => readFile(path(), 'utf8')

  it('list says where the role of each profile comes from', async () => {
    const {exitCode, stdout} = await scene.home.run(['profiles', 'list'])
    expect(exitCode).to.equal(0)
    expect(stdout).to.match(/^PROFILE +FROM +REGION +ROLE\n/)
    expect(stdout).to.match(/^admin +profile developer +- +\S+role\/admin$/m)
    const {profiles} = JSON.parse((await scene.home.run(['profiles', 'list', '--json'])).stdout)
    expect(profiles[0]).to.deep.equal({
      profile: 'developer',
      providers: ['sandbox'],
      role: arn('developer'),
      region: 'us-east-1',
    })
  })

  it('list of a configuration without any says so', async () => {
    await scene.home.writeConfig('cache: file\n')
    const {exitCode, stdout} = await scene.home.run(['profiles', 'list'])
    expect({exitCode, stdout}).to.deep.equal({
      exitCode: 0,
      stdout: `There is no profile in ${path()}.\nTry: aws-oidc setup\n`,
    })
  })

  it('show prints the effective settings: role, chain, duration, STS', async () => {
    await scene.home.configure({
      provider: {duration: '4h', defaultRole: arn('readonly')},
      profiles: {bare: {provider: 'sandbox'}},
    })
    const bare = JSON.parse((await scene.home.run(['profiles', 'show', 'bare', '--json'])).stdout)
    expect(bare).to.include({role: arn('readonly'), durationSeconds: 14_400, stsEndpoint: `${scene.sandbox.sts}`})
    const {stdout} = await scene.home.run(['profiles', 'show', 'admin'])
    expect(stdout)
      .to.match(/^From +developer > admin$/m)
      .and.match(/^Duration +3600 s$/m)
    expect(stdout).to.match(/^Place +\S+config\.yaml:\d+:\d+$/m)
  })

  it('show says whether the AWS tools have the profile', async () => {
    const seen = async () =>
      JSON.parse((await scene.home.run(['profiles', 'show', 'developer', '--json'])).stdout).awsTools
    expect(await seen()).to.include({upToDate: false, hint: 'aws-oidc profiles sync'})
    await scene.home.run(['profiles', 'sync', '--yes'])
    expect(await seen()).to.deep.equal({upToDate: true})
    await writeFile(
      join(scene.home.folder, '.aws/config'),
      '[profile developer]\nregion = us-east-1\nsso_session = x\n',
    )
    expect(await seen()).to.include({upToDate: false, hint: 'aws-oidc profiles sync developer'})
    await writeFile(join(scene.home.folder, '.aws/config'), '[profile developer\n')
    expect((await seen()).why).to.include('.aws/config:1')
    expect((await scene.home.run(['profiles', 'show', 'developer'])).stdout).to.match(/^AWS tools +\S+\.aws\/config:1/m)
  })

  it('show warns once of a file that the AWS CLI refuses', async () => {
    await mkdir(join(scene.home.folder, '.aws'))
    await writeFile(join(scene.home.folder, '.aws/config'), '[profile a]\nregion = b\n[profile a]\nregion = b\n')
    const {stderr} = await scene.home.run(['profiles', 'show', 'developer'])
    expect(stderr.match(/Warning/g)).to.have.lengthOf(1)
  })

  it('add writes a profile that works, and nothing else', async () => {
    const before = await text()
    const {exitCode, stderr} = await scene.home.run([
      ...['profiles', 'add', 'reader', '--provider', 'sandbox', '--role', arn('readonly')],
      ...['--region', 'eu-central-1', '--duration', '90m'],
    ])
    expect(exitCode, stderr).to.equal(0)
    expect(await text()).to.equal(
      `${before}  reader:\n    provider: sandbox\n    role: ${arn('readonly')}\n    region: eu-central-1\n    duration: 90m\n`,
    )
    const whoami = await scene.home.run(['whoami', '-p', 'reader', '--json'])
    expect(JSON.parse(whoami.stdout).arn).to.include('assumed-role/readonly/')
  })

  it('add makes a profile that switches roles from another', async () => {
    const args = ['profiles', 'add', 'boss', '--source', 'developer', '--role', arn('admin'), '--json']
    expect(JSON.parse((await scene.home.run(args)).stdout)).to.deep.include({
      profile: 'boss',
      entry: {source: 'developer', role: arn('admin')},
    })
    const whoami = await scene.home.run(['whoami', '-p', 'boss', '--json'])
    expect(JSON.parse(whoami.stdout).arn).to.include('assumed-role/admin/')
  })

  it('add fails where there is no configuration, and makes the section where the file has no profiles', async () => {
    const other = join(scene.home.folder, 'new/folder/config.yaml')
    const provider = `providers:\n  corp: {strategy: oidc}\n`
    const args = ['profiles', 'add', 'a', '--provider', 'corp', '--role', arn('a')]
    const {exitCode, stderr} = await scene.home.run(args, {AWS_OIDC_CONFIG_FILE: other})
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('no configuration yet').and.include('Try: ')
    await scene.home.writeConfig(provider)
    expect((await scene.home.run(args)).exitCode).to.equal(0)
    expect(await text()).to.equal(`${provider}profiles:\n  a:\n    provider: corp\n    role: ${arn('a')}\n`)
  })

  it('remove removes a profile and keeps all comments', async () => {
    const before = `# mine\n${await text()}`
    await writeFile(path(), before)
    const {exitCode, stdout} = await scene.home.run(['profiles', 'remove', 'admin'])
    expect({exitCode, stdout}).to.deep.equal({
      exitCode: 0,
      stdout:
        'The profile "admin" is removed.\nTo remove it from the AWS CLI and the SDKs, run: aws-oidc profiles sync --prune\n',
    })
    expect(await text()).to.equal(before.replace(/ {2}admin:\n( {4}.*\n)+/, ''))
  })

  const refused: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['remove of a misspelt name', ['remove', 'admn'], ['"admn"', 'Try: aws-oidc profiles remove admin']],
    [
      'remove of one that others switch from',
      ['remove', 'developer'],
      ['source of admin', 'Try: aws-oidc profiles remove admin'],
    ],
    ['show of a misspelt name', ['show', 'develper'], ['Try: aws-oidc profiles show developer']],
    [
      'add under a name that is taken',
      ['add', 'admin', '--provider', 'sandbox'],
      ['already', 'Try: aws-oidc profiles show admin'],
    ],
    [
      'add at a misspelt provider',
      ['add', 'a', '--provider', 'sandbx'],
      ['Try: aws-oidc profiles add a --provider sandbox'],
    ],
    [
      'add from a misspelt source',
      ['add', 'a', '--source', 'admn', '--role', arn('a')],
      ['Try: aws-oidc profiles add a --source admin'],
    ],
    ['add of a switch without a role', ['add', 'a', '--source', 'admin'], ['role to switch to']],
    ['add of a role that is none', ['add', 'a', '--provider', 'sandbox', '--role', 'admin'], ['"admin" is not a role']],
    ['add of neither provider nor source', ['add', 'a', '--role', arn('a')], ['--provider', '--source']],
    [
      'add of an external id without a source',
      ['add', 'a', '--provider', 'sandbox', '--external-id', 'x'],
      ['--source'],
    ],
    [
      'add of a name that nobody can type',
      ['add', 'a b', '--provider', 'sandbox'],
      ['"a b" is not a valid profile name'],
    ],
    [
      'add of a name that looks like a flag',
      ['add', '--provider', 'sandbox', '--', '-a'],
      ['"-a" is not a valid profile name'],
    ],
    ['add of a duration that AWS does not give', ['add', 'a', '--provider', 'sandbox', '--duration', '13h'], ['12h']],
  ]
  for (const [words, args, said] of refused) {
    it(`${words} is exit 2, and nothing is written`, async () => {
      const before = await text()
      const {exitCode, stdout, stderr} = await scene.home.run(['profiles', ...args])
      expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 2, stdout: ''})
      for (const part of said) expect(stderr).to.include(part)
      expect(await text()).to.equal(before)
    })
  }
})
