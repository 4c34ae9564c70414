import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {parse} from 'yaml'
import {runAs, variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const arn = (name: string) => `arn:aws:iam::123456789012:role/${name}`
const takeOver = ['setup', '--from', 'aws-cli-oidc'] as const

/** As its setup writes it: sorted, everything a string, and an empty one where nothing was answered. */
function written(settings: Readonly<Record<string, string>>): string {
  const all = {
    aws_federation_role_session_name: '',
    client_auth_ca: '',
    client_auth_cert: '',
    client_auth_key: '',
    client_secret: '',
    default_iam_role_arn: '',
    failure_redirect_url: '',
    insecure_skip_verify: 'false',
    max_session_duration_seconds: '3600',
    oidc_authentication_request_additional_query: '',
    successful_redirect_url: '',
    ...settings,
  }
  return Object.entries(all)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `  ${name}: ${/^$|^\d+$|^(true|false)$/.test(value) ? `"${value}"` : value}\n`)
    .join('')
}

describe('setup --from aws-cli-oidc', () => {
  const scene = useScene()
  const config = () => join(scene.home.folder, '.config/aws-oidc/config.yaml')
  const aws = () => join(scene.home.folder, '.aws/config')
  const theirs = () => join(scene.home.folder, '.aws-cli-oidc/config.yaml')
  let before: string

  beforeEach(async () => {
    before = (await readFile(config(), 'utf8')).replace(/^providers:[\s\S]*/m, '')
    await scene.home.writeConfig(before)
    await mkdir(join(scene.home.folder, '.aws-cli-oidc'))
    await mkdir(join(scene.home.folder, '.aws'))
  })

  const ours = async () => {
    const {providers, profiles} = parse(await readFile(config(), 'utf8'))
    return {providers, profiles}
  }
  const call = (flags: string) => `credential_process=aws-cli-oidc get-cred ${flags}\n`

  async function withFiles(yaml: string, ini: string): Promise<void> {
    await writeFile(theirs(), yaml)
    await writeFile(aws(), ini)
  }

  it('writes provider and profile, and makes the AWS tools call aws-oidc; every other byte stays', async () => {
    const {sandbox, home} = scene
    const settings = {
      aws_federation_type: 'oidc',
      oidc_provider_metadata_url: `${sandbox.issuer}/.well-known/openid-configuration`,
      client_id: 'aws-oidc',
      aws_federation_role_session_name: 'alice',
    }
    const ini = `# by hand\n[profile dev]\nregion=eu-central-1\n${call(`-p myop -r ${arn('developer')} -j -s -d 1800`)}\n[profile other]\nregion = us-east-1\n`
    await withFiles(`myop:\n${written(settings)}`, ini)
    const {exitCode, stdout, stderr} = await home.run([...takeOver, '--yes'])
    expect(exitCode, stderr).to.equal(0)
    expect(stdout).to.include('provider "myop", profile "dev"').and.not.include('Not imported')
    expect(await ours()).to.deep.equal({
      providers: {
        myop: {
          strategy: 'oidc',
          issuer: settings.oidc_provider_metadata_url,
          clientId: 'aws-oidc',
          duration: '1h',
          sessionName: 'alice',
          redirect: {path: '/'},
        },
      },
      profiles: {dev: {provider: 'myop', role: arn('developer'), region: 'eu-central-1', duration: '30m'}},
    })
    const after = await readFile(aws(), 'utf8')
    expect(after.replace(/^credential_process.*$/m, 'X')).to.equal(ini.replace(/^credential_process.*$/m, 'X'))
    expect(after).to.match(/^credential_process=.* creds --profile dev$/m)
  })

  for (const type of ['oidc', 'saml2']) {
    it(`leads to profiles that sign in as they did: ${type}`, async () => {
      const {sandbox, home} = scene
      const settings = {
        aws_federation_type: type,
        oidc_provider_metadata_url: `${sandbox.issuer}/.well-known/openid-configuration`,
        client_id: sandbox.clientId,
        max_session_duration_seconds: '3600',
        ...(type === 'saml2' && {
          oidc_provider_token_exchange_audience: 'urn:amazon:webservices',
          oidc_provider_token_exchange_subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        }),
      }
      await withFiles(`corp:\n${written(settings)}`, `[profile dev]\n${call(`-p corp -r ${arn('developer')} -j -s`)}`)
      expect((await home.run([...takeOver, '--yes'])).exitCode).to.equal(0)
      expect((await ours()).providers.corp.redirect).to.deep.equal({path: '/'})
      const [, command = ''] = /^credential_process=(.*)$/m.exec(await readFile(aws(), 'utf8')) ?? []
      const signedIn = await runAs([], {env: variablesOf(home, sandbox), shell: command})
      expect(signedIn.exitCode, signedIn.stderr).to.equal(0)
      expect(JSON.parse(signedIn.stdout)).to.include({Version: 1})
      expect(await sandbox.signIns()).to.equal(1)
    })
  }

  it('imports everything that its wizard asked for, for SAML too', async () => {
    const settings = {
      aws_federation_type: 'saml2',
      oidc_provider_metadata_url: 'https://sso.example.com/.well-known/openid-configuration',
      client_id: 'aws',
      client_auth_cert: '/home/me/me.pem',
      client_auth_key: '/home/me/me.key',
      client_auth_ca: '/home/me/ca.pem',
      default_iam_role_arn: arn('developer'),
      max_session_duration_seconds: '43200',
      successful_redirect_url: 'https://intra.example.com/ok',
      failure_redirect_url: 'https://intra.example.com/failed',
      oidc_authentication_request_additional_query: 'kc_idp_hint=a%20b&x=1=2',
      oidc_provider_token_exchange_audience: 'urn:amazon:webservices',
      oidc_provider_token_exchange_subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    }
    await withFiles(`corp:\n${written(settings)}`, '')
    expect((await scene.home.run([...takeOver, '--yes'])).exitCode).to.equal(0)
    expect((await ours()).providers.corp).to.deep.equal({
      strategy: 'saml2',
      via: 'token-exchange',
      issuer: settings.oidc_provider_metadata_url,
      clientId: 'aws',
      audience: 'urn:amazon:webservices',
      subjectTokenType: 'id_token',
      defaultRole: arn('developer'),
      duration: '12h',
      parameters: {kc_idp_hint: 'a%20b', x: '1=2'},
      pages: {success: 'https://intra.example.com/ok', failure: 'https://intra.example.com/failed'},
      tls: {cert: '/home/me/me.pem', key: '/home/me/me.key', ca: '/home/me/ca.pem'},
      redirect: {path: '/'},
    })
  })

  it('reads its file in every form in which that tool reads and writes it', async () => {
    const client =
      'OIDC_PROVIDER_METADATA_URL: https://sso.example.com\n    CLIENT_ID: aws\n    aws_federation_type: oidc'
    const older = `aws_federation_role: ${arn('developer')}\n    max_session_duration_seconds: 7200\n    insecure_skip_verify: false`
    await withFiles(`MyOp:\n    ${client}\nmy:\n  op:\n    ${client.replaceAll('    ', '    ')}\n    ${older}\n`, '')
    await scene.home.run([...takeOver, '--yes'])
    const {providers} = await ours()
    expect(Object.keys(providers)).to.deep.equal(['myop', 'my.op'])
    expect(providers['my.op']).to.include({defaultRole: arn('developer'), duration: '2h'})
  })

  for (const [form, flags] of [
    ['in short', `-p corp -r ${arn('a')} -j -s -d 7200`],
    ['in short without a gap', `-pcorp -r=${arn('a')} -jsd7200`],
    ['in long', `--provider corp --role=${arn('a')} --json --use-secret --max-duration 7200`],
    ['with its name elsewhere, and quotes', `-j "-p" 'CORP' -r "${arn('a')}" -d 7200`],
    ['without a flag, as at first', `corp -r ${arn('a')} -d 7200`],
  ] as const) {
    it(`understands calls ${form}`, async () => {
      const ini = `[default]\n${call(flags)}[profile x]\ncredential_process = "/usr/local/bin/aws-cli-oidc" get-cred ${flags}\n`
      await withFiles(`corp:\n${written(usual)}`, ini)
      await scene.home.run([...takeOver, '--yes'])
      const profile = {provider: 'corp', role: arn('a'), duration: '2h'}
      expect((await ours()).profiles).to.deep.equal({default: profile, x: profile})
    })
  }

  const usual = {aws_federation_type: 'oidc', oidc_provider_metadata_url: 'https://sso.example.com', client_id: 'aws'}

  it('lists what it can not import, with the reason, and imports the rest', async () => {
    const odd = {
      ...usual,
      insecure_skip_verify: 'true',
      client_auth_cert: 'me.pem',
      client_auth_key: 'me.key',
      max_session_duration_seconds: '99',
      default_iam_role_arn: 'developer',
      failure_redirect_url: 'http://intra.example.com/failed',
      oidc_authentication_request_additional_query: 'flag',
    }
    const ini = `[profile lost]\n${call('-p nobody -j')}[profile long]\n${call('-p corp -d 99999 -j')}`
    await withFiles(`corp:\n${written(odd)}none:\n${written({...usual, aws_federation_type: 'x'})}`, ini)
    await writeFile(join(scene.home.folder, '.aws/credentials'), `[older]\n${call('-p corp -j')}`)
    const {exitCode, stdout} = await scene.home.run([...takeOver, '--yes'])
    expect(exitCode).to.equal(0)
    for (const reason of [
      'insecure_skip_verify: certificates are always checked',
      'client_auth_cert, client_auth_key: the path is relative',
      'max_session_duration_seconds: duration: AWS gives role sessions',
      'default_iam_role_arn: defaultRole: "developer" is not a role',
      'failure_redirect_url: pages.failure must start with https://',
      'parameters must be names with values',
      'none: aws_federation_type is neither oidc nor saml2',
      `${aws()}:2: [lost] names the provider "nobody"`,
      '.aws/credentials:2: [older] is not in the file "config"',
      `[long] -d 99999: AWS gives role sessions of 900`,
    ]) {
      expect(stdout).to.include(reason)
    }
    expect(await ours()).to.deep.equal({
      providers: {corp: {strategy: 'oidc', issuer: 'https://sso.example.com', clientId: 'aws', redirect: {path: '/'}}},
      profiles: {long: {provider: 'corp'}},
    })
    expect(await readFile(aws(), 'utf8')).to.include(`[profile lost]\n${call('-p nobody -j')}`)
  })

  it('keeps the access keys beside the call, and says what to type to remove them', async () => {
    const dev = `[profile dev]\nregion = eu-central-1\n${call('-p corp -j')}`
    const keys = 'aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = s3cret\n'
    const inBoth = `[profile keys]\n${call('-p corp -j')}${keys}`
    const credentials = join(scene.home.folder, '.aws/credentials')
    await withFiles(`corp:\n${written(usual)}`, `${dev}\n${inBoth}\n[profile other]\n${call('-p corp -j')}`)
    await writeFile(credentials, `[keys]\n${keys}\n[other]\n${keys}`)
    const {exitCode, stdout, stderr} = await scene.home.run([...takeOver, '--yes'])
    expect({exitCode, stderr}).to.deep.equal({exitCode: 0, stderr: ''})
    expect(await readFile(aws(), 'utf8'))
      .to.include(inBoth)
      .and.include(`[profile other]\n${call('-p corp -j')}`)
    expect(await readFile(credentials, 'utf8')).to.equal(`[keys]\n${keys}\n[other]\n${keys}`)
    expect(stdout).to.include(
      `${aws()}:7: "aws_access_key_id" of the profile "keys" would win over aws-oidc. Later: aws-oidc profiles sync keys`,
    )
    expect(stdout).to.include(`${credentials}:6: "aws_access_key_id" of the profile "other"`)
    expect(stdout, 'what was changed').to.match(
      / {2}\[profile dev\]\n- credential_process = aws-cli-oidc [^\n]*\n\+ cred/,
    )
    expect(stdout).to.match(/The version from before today is saved in \S+\.aws\/config\.\S+\.aws-oidc-backup\.\n/)
    expect(stdout).to.not.match(/AKIAEXAMPLE|s3cret/)
  })

  it('leaves a provider whose name occurs in two spellings, and imports the rest', async () => {
    const twice = `CORP:\n${written(usual)}Corp:\n${written({...usual, client_id: 'other'})}`
    await withFiles(`${twice}more:\n${written(usual)}`, `[profile dev]\n${call('-p corp -j')}`)
    const {exitCode, stdout, stderr} = await scene.home.run([...takeOver, '--yes'])
    expect({exitCode, stderr}).to.deep.equal({exitCode: 0, stderr: ''})
    expect(stdout).to.include('corp: is there 2 times, as case does not matter in names')
    expect(stdout).to.include('[dev] names the provider "corp", which is not imported')
    expect(Object.keys((await ours()).providers)).to.deep.equal(['more'])
  })

  it('refuses a path with an unexpanded variable, and makes no folder of that name', async () => {
    await withFiles(`corp:\n${written(usual)}`, '')
    const {exitCode, stderr} = await scene.home.run([...takeOver, '--yes'], {AWS_CONFIG_FILE: '$HOME/.aws/config'})
    expect(exitCode).to.equal(2)
    expect(stderr).to.match(/^Error: AWS_CONFIG_FILE is '\$HOME\/\.aws\/config', with an unexpanded variable in it/)
    expect(await readdir(scene.home.folder)).to.not.include('$HOME')
    expect(await readFile(config(), 'utf8')).to.equal(before)
  })

  it('imports 600 providers and profiles in a time that does not grow with their square', async () => {
    const untouched = await readFile(config(), 'utf8')
    async function timeFor(count: number): Promise<number> {
      const names = Array.from({length: count}, (_, index) => `corp${index}`)
      await scene.home.writeConfig(untouched)
      await withFiles(
        names.map(name => `${name}:\n${written(usual)}`).join(''),
        names.map(name => `[profile ${name}]\n${call(`-p ${name} -j`)}`).join('\n'),
      )
      const from = performance.now()
      const {exitCode, stderr} = await scene.home.run([...takeOver, '--yes'])
      const time = performance.now() - from
      expect({exitCode, stderr}).to.deep.equal({exitCode: 0, stderr: ''})
      expect(Object.keys((await ours()).profiles)).to.deep.equal(names)
      return time
    }
    const few = await timeFor(60)
    expect(await timeFor(600)).to.be.lessThan(20 * few)
  })

  it('writes no secret into our file or onto the terminal', async () => {
    await withFiles(`corp:\n${written({...usual, client_secret: 'not-for-this-file'})}`, '')
    const {stdout, stderr} = await scene.home.run([...takeOver, '--yes'])
    expect((await ours()).providers.corp.clientSecret).to.deep.equal({keyring: 'corp'})
    expect(stdout).to.include('Later: aws-oidc providers set-secret corp clientSecret')
    expect(stdout + stderr).not.to.include('not-for-this-file')
    await writeFile(theirs(), '')
  })

  for (const [words, yaml, args, said] of [
    ['nobody can be asked', `corp:\n${written(usual)}`, [], 'Try: the same command with --yes'],
    ['its file is damaged', 'corp:\n  client_id: [\n', ['--yes'], 'config.yaml:3:1'],
    ['its file holds no provider', 'a: 1\n', ['--yes'], 'holds no provider'],
  ] as const) {
    it(`changes nothing where ${words}`, async () => {
      const ini = `[profile dev]\n${call('-p corp -j')}`
      await withFiles(yaml, ini)
      const {exitCode, stderr} = await scene.home.run([...takeOver, ...args])
      expect(exitCode).to.equal(2)
      expect(stderr).to.include(said)
      expect([await readFile(config(), 'utf8'), await readFile(aws(), 'utf8')]).to.deep.equal([before, ini])
      expect(await readFile(theirs(), 'utf8')).to.equal(yaml)
    })
  }

  it('leaves alone what the configuration has under the same name', async () => {
    await scene.home.configure({})
    const kept = await readFile(config(), 'utf8')
    await withFiles(`corp:\n${written(usual)}`, `[profile developer]\n${call('-p corp -j')}`)
    const {stdout} = await scene.home.run([...takeOver, '--yes'])
    expect(stdout).to.include('already a profile "developer"')
    expect((await readFile(config(), 'utf8')).startsWith(kept.slice(0, kept.indexOf('profiles:')))).to.equal(true)
    expect(parse(await readFile(config(), 'utf8')).profiles).to.deep.equal(parse(kept).profiles)
  })
})
