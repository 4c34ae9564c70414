import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

const role = 'arn:aws:iam::123456789012:role/developer'

describe('the name of a region', () => {
  const scene = useScene()
  const config = () => readFile(join(scene.home.folder, '.config/aws-oidc/config.yaml'), 'utf8')
  const given = () => ['--set', `issuer=${scene.sandbox.issuer}`, '--set', 'clientId=aws-oidc', '--role', role]
  const calls: Readonly<Record<string, (region: string) => readonly string[]>> = {
    setup: region => [
      ...['setup', '--yes', '--provider', 'new', '--strategy', 'oidc', ...given(), '-p', 'new', '--region', region],
    ],
    'profiles add': region => ['profiles', 'add', 'new', '--provider', 'sandbox', '--role', role, '--region', region],
    console: region => ['console', '--url', '-p', 'developer', '--region', region],
    exec: region => ['exec', '-p', 'developer', '--region', region, '--', 'true'],
  }

  for (const [command, args] of Object.entries(calls)) {
    it(`that is not valid is refused by ${command}, before the sign-in`, async () => {
      const before = await config()
      const {exitCode, stderr} = await scene.home.run(args('frankfurt'))
      expect(exitCode).to.equal(2)
      expect(stderr).to.match(/^Error: --region: "frankfurt" is not the name of an AWS region.*\nTry: --region \S+\n$/)
      expect([await config(), await scene.sandbox.signIns()]).to.deep.equal([before, 0])
    })

    it(`that AWS does not list is used by ${command} with one warning`, async () => {
      const {exitCode, stderr} = await scene.home.run(args('eu-central-99'))
      // The console of a region that is not there can't be reached.
      expect(exitCode, stderr).to.equal(command === 'console' ? 6 : 0)
      expect(
        stderr.match(/Warning: AWS listed no region "eu-central-99".* Did you mean "eu-central-1"\?/g),
      ).to.have.length(1)
    })
  }

  it('that is not valid is refused with its place in the configuration', async () => {
    await scene.home.configure({profiles: {wrong: {provider: 'sandbox', role, region: 'frankfurt'}}})
    const {exitCode, stderr} = await scene.home.run(['profiles', 'list'])
    expect(exitCode).to.equal(2)
    expect(stderr).to.match(/config\.yaml:\d+:\d+: profiles\.wrong\.region must be an AWS region: "frankfurt"/)
  })

  it('that AWS does not list is a warning of doctor, with the profile or variable that has it', async () => {
    await scene.home.configure({profiles: {wrong: {provider: 'sandbox', role, region: 'eu-central-99'}}})
    const {exitCode, stdout} = await scene.home.run(['doctor', '--no-network'], {AWS_REGION: 'us-west-9'})
    expect(exitCode).to.equal(7)
    expect(stdout).to.include('profile wrong: AWS listed no region "eu-central-99"').and.include('eu-central-1')
    expect(stdout).to.include('AWS_REGION: AWS listed no region "us-west-9"')
  })
})

describe('the next step', () => {
  const scene = useScene()

  it('is suggested by profiles add and remove: the AWS tools do not know of the change yet', async () => {
    const added = await scene.home.run(['profiles', 'add', 'new', '--provider', 'sandbox', '--role', role])
    expect(added.stdout).to.include('To use it with the AWS CLI and the SDKs, run: aws-oidc profiles sync\n')
    const removed = await scene.home.run(['profiles', 'remove', 'new'])
    expect(removed.stdout).to.include(
      'To remove it from the AWS CLI and the SDKs, run: aws-oidc profiles sync --prune\n',
    )
  })

  for (const typed of ['status', 'profiles list', 'providers list']) {
    it(`is suggested by ${typed} on a machine without configuration, instead of an empty table`, async () => {
      await scene.home.writeConfig('')
      const {exitCode, stdout} = await scene.home.run(typed.split(' '))
      expect(exitCode).to.equal(0)
      expect(stdout).to.match(/There is no (provider|profile).*\nTry: aws-oidc setup\n$/)
      expect(stdout).not.to.match(/PRO(VIDER|FILE)/)
    })
  }

  it('is suggested by status where there is a provider and no profile', async () => {
    const {issuer, clientId} = scene.sandbox
    await scene.home.writeConfig(
      JSON.stringify({cache: 'file', providers: {corp: {strategy: 'oidc', issuer, clientId}}}),
    )
    const {stdout} = await scene.home.run(['status'])
    expect(stdout).to.include('There is no profile yet.\nTry: aws-oidc profiles add NAME --provider corp --role ARN\n')
  })
})
