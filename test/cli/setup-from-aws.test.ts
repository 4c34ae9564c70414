import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {parse} from 'yaml'
import {isOneDocument} from '../support/document.ts'
import {useIdentityCenterScene} from '../support/identity-center-scene.ts'
import {sandboxBin} from '../support/sandbox.ts'

describe('setup --from aws', () => {
  const scene = useIdentityCenterScene()
  const aws = () => join(scene.home.folder, '.aws/config')
  const takeOver = () => scene.run(['setup', '--from', 'aws', '--yes'])
  const ours = async () => parse(await readFile(join(scene.home.folder, '.config/aws-oidc/config.yaml'), 'utf8'))
  let startUrl = ''

  beforeEach(async () => {
    startUrl = scene.sandbox.identityCenter.startUrl
    await scene.home.writeConfig(`browser: ${JSON.stringify([process.execPath, sandboxBin, 'browse'])}\ncache: file\n`)
    await mkdir(join(scene.home.folder, '.aws'))
  })

  it('makes a provider of each portal, and a profile of each that signs in there, which then works', async () => {
    const theirs = `# mine
[sso-session center]
sso_start_url = ${startUrl}
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile reading]
sso_session = center
sso_account_id = 123456789012
sso_role_name = ReadOnlyAccess
region = eu-west-1
output = json

[profile legacy]
sso_start_url = ${startUrl}/
sso_region = us-east-1
sso_account_id = 200000000001
sso_role_name = ReadOnlyAccess

[profile other]
region = us-east-1
`
    await writeFile(aws(), theirs)
    const {exitCode, stdout, stderr} = await takeOver()
    expect(exitCode, stderr).to.equal(0)
    expect(stdout)
      .to.include('provider "center", profile "reading", profile "legacy".')
      .and.include('To have them call aws-oidc: aws-oidc profiles sync reading legacy\n')
    expect(await ours()).to.deep.include({
      providers: {center: {strategy: 'identity-center', startUrl, region: 'us-east-1'}},
      profiles: {
        reading: {provider: 'center', role: '123456789012/ReadOnlyAccess', region: 'eu-west-1', output: 'json'},
        legacy: {provider: 'center', role: '200000000001/ReadOnlyAccess'},
      },
    })
    expect(await readFile(aws(), 'utf8')).to.equal(theirs)
    for (const profile of ['reading', 'legacy']) isOneDocument(await scene.run(['creds', '--profile', profile]))
    expect(await scene.sandbox.signIns()).to.equal(1)
    expect((await takeOver()).stdout)
      .to.include('Nothing could be imported.')
      .and.include('already a profile "reading"')
  })

  it('has the AWS tools call us where a profile is named to profiles sync, and leaves all others theirs', async () => {
    const section = (name: string) =>
      `[profile ${name}]\nsso_session = center\nsso_account_id = 123456789012\nsso_role_name = ReadOnlyAccess\n`
    const session = `[sso-session center]\nsso_start_url = ${startUrl}\nsso_region = us-east-1\n`
    await writeFile(aws(), `${session}\n${section('one')}\n${section('two')}`)
    await takeOver()
    expect(await scene.run(['profiles', 'sync', 'one', '--yes'])).to.include({exitCode: 0})
    const text = await readFile(aws(), 'utf8')
    expect(text).to.include(session).and.include(section('two'))
    expect(text).to.match(/\[profile one\]\ncredential_process = .* creds --profile one\n/)
  })

  it('keeps the scopes of a session, and names what can not be taken over, with its place', async () => {
    await writeFile(
      aws(),
      `[sso-session coding]
sso_start_url = ${startUrl}
sso_region = us-east-1
sso_registration_scopes = sso:account:access, codewhisperer:analysis

[sso-session half]
sso_start_url = ${startUrl}

[profile lost]
sso_session = gone
sso_account_id = 123456789012
sso_role_name = ReadOnlyAccess

[profile roleless]
sso_session = coding

[profile wrong]
sso_session = coding
sso_account_id = 12
sso_role_name = ReadOnlyAccess
`,
    )
    const {exitCode, stdout} = await takeOver()
    expect(exitCode).to.equal(0)
    for (const reason of [
      '[sso-session half] has no sso_start_url or no sso_region',
      '[lost] names the sso-session "gone", which is not there',
      '[roleless] has no sso_account_id or no sso_role_name',
      '[wrong] sso_role_name: "12/ReadOnlyAccess" is not a role.',
    ]) {
      expect(stdout).to.include(`${aws()}: ${reason}`)
    }
    expect((await ours()).providers.coding.scopes).to.deep.equal(['sso:account:access', 'codewhisperer:analysis'])
  })

  it('uses the provider that there is for a portal, and names one that has no session by its host', async () => {
    const section = `[profile mine]\nsso_start_url = ${startUrl}#/\nsso_region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = ReadOnlyAccess\n`
    await writeFile(aws(), section)
    await takeOver()
    expect(Object.keys((await ours()).providers)).to.deep.equal(['d-1234567890'])
    await scene.configure({profiles: {}})
    await takeOver()
    expect((await ours()).profiles.mine.provider).to.equal('center')
  })

  it('is exit 2 where there is nothing of the kind', async () => {
    await writeFile(aws(), '[default]\nregion = us-east-1\n')
    const {exitCode, stdout, stderr} = await takeOver()
    expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
    expect(stderr).to.include(`There is nothing to import: ${aws()} has nothing for IAM Identity Center.`)
  })
})
