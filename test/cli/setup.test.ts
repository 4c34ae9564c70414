import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {parse} from 'yaml'
import {sandboxBin} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'

const arn = (name: string) => `arn:aws:iam::123456789012:role/${name}`

describe('setup, unattended', () => {
  const scene = useScene()
  const text = () => readFile(join(scene.home.folder, '.config/aws-oidc/config.yaml'), 'utf8')
  let before: string

  beforeEach(async () => {
    before = `# mine\ncache: file\nbrowser: [${process.execPath}, ${sandboxBin}, browse]\n`
    await scene.home.writeConfig(before)
  })

  const settings = (changes: Readonly<Record<string, string>> = {}) =>
    Object.entries({issuer: scene.sandbox.issuer, clientId: 'aws-oidc', ...changes}).flatMap(([name, value]) => [
      '--set',
      `${name}=${value}`,
    ])
  const setup = (...args: readonly string[]) => scene.home.run(['setup', '--yes', ...args])
  const oidc = ['--provider', 'corp', '--strategy', 'oidc'] as const

  async function expectNothingSaved(): Promise<void> {
    expect(await text()).to.equal(before)
    expect(await scene.home.entries()).to.deep.equal([])
  }

  it('signs in, gets credentials, and saves a profile that needs no further sign-in', async () => {
    const {exitCode, stdout, stderr} = await setup(
      ...oidc,
      ...settings(),
      '--role',
      arn('developer'),
      '--region',
      'us-east-1',
    )
    expect(exitCode, stderr).to.equal(0)
    expect(stdout).to.include('Signed in as alice@example.com.').and.include('Try: aws-oidc whoami --profile developer')
    expect(await text()).to.equal(`${before}providers:
  corp:
    strategy: oidc
    issuer: ${scene.sandbox.issuer}
    clientId: aws-oidc
profiles:
  developer:
    provider: corp
    role: ${arn('developer')}
    region: us-east-1
`)
    const whoami = await scene.home.run(['whoami', '-p', 'developer', '--no-interactive'])
    expect(whoami.exitCode, whoami.stderr).to.equal(0)
    expect(await scene.sandbox.signIns()).to.equal(1)
  })

  it('uses the only role that is offered, and reports the result as JSON', async () => {
    const args = ['setup', '--yes', '--json', ...oidc, ...settings({rolesClaim: 'aws_roles'}), '-p', 'mine']
    const {stdout} = await scene.home.run(args, {SANDBOX_USER: 'bob'})
    expect(JSON.parse(stdout)).to.deep.include({
      provider: 'corp',
      profile: 'mine',
      subject: 'bob@example.com',
      role: arn('developer'),
      offered: 1,
    })
  })

  it('writes every setting that a provider may have', async () => {
    const given = settings({
      scopes: 'openid,email',
      'clientSecret.env': 'CORP_SECRET',
      duration: '90m',
      'parameters.kc_idp_hint': 'a=b',
      'parameters.prompt': 'login',
      'redirect.ports': '8400,8401',
      'pages.success': 'https://intra.example.com/ok',
      'tls.ca': '~/ca.pem',
      defaultRole: arn('developer'),
    })
    expect((await setup(...oidc, ...given, '--no-test')).exitCode).to.equal(0)
    const {providers, profiles} = parse(await text())
    expect(providers.corp).to.deep.equal({
      strategy: 'oidc',
      issuer: scene.sandbox.issuer,
      clientId: 'aws-oidc',
      scopes: ['openid', 'email'],
      clientSecret: {env: 'CORP_SECRET'},
      duration: '90m',
      parameters: {kc_idp_hint: 'a=b', prompt: 'login'},
      redirect: {ports: [8400, 8401]},
      pages: {success: 'https://intra.example.com/ok'},
      tls: {ca: '~/ca.pem'},
      defaultRole: arn('developer'),
    })
    expect(profiles).to.deep.equal({developer: {provider: 'corp'}})
    expect(await scene.sandbox.journal(), 'nothing is tried').to.deep.equal([])
  })

  it('lists everything that is missing or wrong at once', async () => {
    const {exitCode, stdout, stderr} = await setup(
      '--strategy',
      'saml2',
      '--set',
      'isuer=x',
      '--set',
      'duration=13h',
      '--role',
      'x',
    )
    expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
    for (const part of [
      '--provider NAME',
      '"x" is not a role',
      '--set via=',
      '--set issuer=',
      '--set clientId=',
      'Did you mean "issuer"',
      '12 hours',
    ]) {
      expect(stderr).to.include(part)
    }
    expect((await setup()).stderr)
      .to.include('--provider NAME')
      .and.include('--strategy oidc|saml2')
  })

  it('without --yes and without a terminal asks nothing, and saves nothing', async () => {
    const {exitCode, stderr} = await scene.home.run(['setup', ...oidc, ...settings(), '--role', arn('developer')])
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('--yes')
    await expectNothingSaved()
  })

  it('takes no secret as an argument, and does not repeat it', async () => {
    const {exitCode, stderr} = await setup(...oidc, ...settings({clientSecret: 'not-for-arguments'}))
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('clientSecret.env=VARIABLE').and.not.include('not-for-arguments')
  })

  const failures: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[], number, string])[] =
    [
      ['an issuer that is none', {issuer: 'https://127.0.0.1:1'}, [], 6, '127.0.0.1:1'],
      [
        'a client that the provider does not know',
        {clientId: 'nobody'},
        [],
        4,
        'no sign-in page for the client "nobody"',
      ],
      [
        'a way back that the provider does not take',
        {'redirect.path': '/elsewhere'},
        [],
        4,
        'http://127.0.0.1/elsewhere',
      ],
      ['a role that AWS refuses', {}, ['--role', arn('locked')], 5, 'AccessDenied'],
      [
        'a role that is not said, of two',
        {rolesClaim: 'aws_roles'},
        [],
        2,
        `offers 2: ${arn('developer')}, ${arn('readonly')}`,
      ],
      ['a role that is not said, of who knows how many', {}, [], 2, '--role ARN, or --set rolesClaim=aws_roles'],
      [
        'nobody who may be asked',
        {},
        ['--role', arn('developer'), '--no-interactive'],
        3,
        'You need to sign in to 127.0.0.1',
      ],
      [
        'a name for the profile that is none',
        {},
        ['--role', arn('developer'), '-p', 'a b'],
        2,
        '"a b" is not a valid profile name',
      ],
    ]
  for (const [words, changes, args, code, said] of failures) {
    it(`with ${words} ends with ${code}, and nothing is saved`, async () => {
      const {exitCode, stderr} = await setup(...oidc, ...settings(changes), ...args)
      expect(exitCode, stderr).to.equal(code)
      expect(stderr).to.include(said).and.include('Try: ')
      await expectNothingSaved()
    })
  }

  it('a second time changes nothing, and sends no request', async () => {
    const args = [...oidc, ...settings(), '--role', arn('developer'), '--region', 'us-east-1']
    await setup(...args)
    const saved = await text()
    await scene.sandbox.reset()
    const again = await setup(...args, '--json')
    expect(again.exitCode, again.stderr).to.equal(0)
    expect(JSON.parse(again.stdout)).to.include({provider: 'corp', profile: 'developer', unchanged: true})
    const {stdout} = await setup(...oidc, ...settings(), '--no-test')
    expect(stdout).to.match(/ already in .+; nothing was changed\.\n$/)
    expect(await text()).to.equal(saved)
    expect(await scene.sandbox.journal()).to.deep.equal([])
  })

  it('a second time changes nothing where the role is the only one offered', async () => {
    const args = ['setup', '--yes', ...oidc, ...settings({rolesClaim: 'aws_roles'})]
    await scene.home.run(args, {SANDBOX_USER: 'bob'})
    const saved = await text()
    const again = await scene.home.run(args, {SANDBOX_USER: 'bob'})
    expect(again, again.stderr).to.include({exitCode: 0})
    expect(again.stdout).to.include('nothing was changed')
    expect(await text()).to.equal(saved)
  })

  describe('where the names are taken', () => {
    beforeEach(async () => {
      before += `providers:
  # the company's
  corp:
    strategy: oidc     # for now
    issuer: ${scene.sandbox.issuer}
    clientId: aws-oidc-web # soon another one
    scopes: [openid]
    rememberSignIn: false
  other: {strategy: oidc, issuer: "https://sso.example.com", clientId: x}
profiles:
  developer: {provider: other, role: '${arn('readonly')}', output: json} # mine
`
      await scene.home.writeConfig(before)
    })
    const args = () => [...oidc, ...settings(), '--role', arn('developer')]

    it('names every difference, and changes nothing', async () => {
      const {exitCode, stdout, stderr} = await setup(...args())
      expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
      expect(stderr)
        .to.include('already a provider "corp" in')
        .and.include('which differs in: clientId, scopes. --replace changes it.')
        .and.include('already a profile "developer" in')
        .and.include('which differs in: provider, role.')
        .and.include('Try: the same command with --replace')
      await expectNothingSaved()
    })

    it('changes what is different with --replace, once the sign-in has worked, and no other byte', async () => {
      const {exitCode, stdout, stderr} = await setup(...args(), '--replace')
      expect(exitCode, stderr).to.equal(0)
      expect(stdout).to.include('AWS issued credentials for')
      expect(await text()).to.equal(
        before
          .replace('aws-oidc-web', 'aws-oidc')
          .replace('    scopes: [openid]\n', '')
          .replace('provider: other', 'provider: corp')
          .replace(`'${arn('readonly')}'`, arn('developer')),
      )
    })

    it('keeps settings without a flag with --replace, and none of another strategy', async () => {
      await scene.home.writeConfig(`providers:
  corp:
    strategy: saml2
    via: token-exchange
    issuer: ${scene.sandbox.issuer}
    clientId: aws-oidc
    audience: urn:example
    deviceHosts: [login.example.com]
    redirect: {host: localhost, ports: [8400]} # as registered
    tls: {ca: ~/old.pem}
`)
      const given = settings({'redirect.path': '/'})
      const {exitCode, stderr} = await setup(...oidc, ...given, '--replace', '--no-test')
      expect(exitCode, stderr).to.equal(0)
      expect(await text()).to.equal(`providers:
  corp:
    strategy: oidc
    issuer: ${scene.sandbox.issuer}
    clientId: aws-oidc
    deviceHosts: [login.example.com]
    redirect: {host: localhost, path: /} # as registered
`)
    })

    it('changes nothing with --replace where the sign-in or the role does not work', async () => {
      const refused = await setup(...oidc, ...settings(), '--role', arn('locked'), '-p', 'developer', '--replace')
      expect(refused.exitCode, refused.stderr).to.equal(5)
      await expectNothingSaved()
    })
  })

  it('that fails keeps the user signed in to a provider with the same settings', async () => {
    await setup(...oidc, ...settings(), '--role', arn('developer'))
    const other = ['--provider', 'other', '--strategy', 'oidc', ...settings(), '--role', arn('locked')]
    expect((await setup(...other)).exitCode).to.equal(5)
    expect((await scene.home.run(['whoami', '-p', 'developer', '--no-interactive'])).exitCode).to.equal(0)
  })
})
