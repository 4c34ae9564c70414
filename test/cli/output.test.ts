import {join} from 'node:path'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {root, runAs, variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']
const posix = process.platform !== 'win32'

describe('creds prints one document and nothing else on stdout', () => {
  const scene = useScene()

  for (const env of [
    {NODE_ENV: 'development'},
    {NODE_ENV: 'test'},
    {NODE_ENV: 'production'},
    {DEBUG: '*'},
    {DEBUG: '1', NODE_DEBUG: 'http,net,fs'},
    {FORCE_COLOR: '3', CI: 'true'},
    {LANG: 'tr_TR.UTF-8', TZ: 'Asia/Tokyo'},
  ]) {
    it(`with ${JSON.stringify(env)}, cold and warm`, async () => {
      const cold = await scene.home.run(creds, env)
      isOneDocument(cold)
      const warm = await scene.home.run(creds, env)
      isOneDocument(warm)
      expect(warm.stdout).to.equal(cold.stdout)
    })
  }

  it('with --debug', async () => {
    const ending = await scene.home.run([...creds, '--debug', '--force'])
    isOneDocument(ending)
    isOneDocument(await scene.home.run([...creds, '--debug']))
  })

  it('with a home that does not exist', async () => {
    const {home, sandbox} = scene
    const nowhere = join(home.folder, 'nowhere')
    const {XDG_CONFIG_HOME: _, XDG_CACHE_HOME: __, XDG_DATA_HOME: ___, ...env} = variablesOf(home, sandbox)
    const file = join(home.folder, '.config/aws-oidc/config.yaml')
    isOneDocument(await runAs(creds, {env: {...env, HOME: nowhere, AWS_OIDC_CONFIG_FILE: file}}))
  })

  it('without HOME', async () => {
    isOneDocument(await scene.home.run(creds, {HOME: undefined}))
  })

  it('without a usable HOME and without XDG folders, as a user unknown to the system: nothing is kept, and no warning about the cache', async function () {
    if (!root) this.skip()
    const {home, sandbox} = scene
    await home.configure({top: {cache: 'auto'}})
    const {chmod} = await import('node:fs/promises')
    const file = join(home.folder, '.config/aws-oidc/config.yaml')
    for (const path of [home.folder, join(home.folder, '.config'), join(home.folder, '.config/aws-oidc')])
      await chmod(path, 0o755)
    await chmod(file, 0o644)
    const {PATH, AWS_ENDPOINT_URL_STS, AWS_OIDC_INTERACTIVE, SANDBOX_USER} = variablesOf(home, sandbox)
    const env = {PATH, AWS_ENDPOINT_URL_STS, AWS_OIDC_INTERACTIVE, SANDBOX_USER, AWS_OIDC_CONFIG_FILE: file}
    for (const HOME of [undefined, '', 'somewhere/relative', '/nonexistent']) {
      const ending = await runAs(creds, {env: {...env, HOME}, user: 12_345})
      isOneDocument(ending)
      expect(ending.stderr, HOME).not.to.include('Warning: The cache')
    }
    isOneDocument(await runAs(creds, {env: {...env, DEBUG: '*'}, user: 12_345}))
  })

  it('in the shell format with --format env', async function () {
    if (!posix) this.skip()
    const {home, sandbox} = scene
    const {stdout} = await home.run([...creds, '--format', 'env'])
    const document = JSON.parse((await home.run(creds)).stdout)
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map(line => line.split('=')[0]),
    ).to.deep.equal([
      'unset AWS_SECURITY_TOKEN',
      'export AWS_ACCESS_KEY_ID',
      'export AWS_SECRET_ACCESS_KEY',
      'export AWS_SESSION_TOKEN',
      'export AWS_CREDENTIAL_EXPIRATION',
      'export AWS_ACCOUNT_ID',
      'export AWS_REGION',
      'export AWS_DEFAULT_REGION',
      'export AWS_OIDC_REGION',
    ])
    const {stdout: seen} = await runAs([...creds, '--format', 'env'], {
      env: variablesOf(home, sandbox),
      shell:
        'eval "$("$@")"; printf "%s %s %s %s" "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$AWS_SESSION_TOKEN" "$AWS_CREDENTIAL_EXPIRATION"',
    })
    const {AccessKeyId, SecretAccessKey, SessionToken, Expiration} = document
    expect(seen === [AccessKeyId, SecretAccessKey, SessionToken, Expiration].join(' ')).to.equal(true)
  })
})

describe('a failure', () => {
  const scene = useScene()

  it('leaves stdout empty and says what failed and what to type', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({on: 'discovery', cut: true})
    const endings = [
      await home.run(['creds', '-p', 'develper']),
      await home.run(creds, {AWS_OIDC_INTERACTIVE: 'never'}),
      await home.run([...creds, '--no-interactive']),
      await home.run(creds),
    ]
    for (const {stdout, stderr} of endings) {
      expect(stdout).to.equal('')
      expect(stderr).to.match(/^Error: .+\nTry: .+\n$/m)
      expect(stderr).not.to.match(/\n {4}at /)
    }
  })

  it('with an endless reason is reported in under 60,000 bytes, hint included: a Java program would wait for ever', async () => {
    const {home, sandbox} = scene
    // No character of JavaScript takes more bytes than this one.
    const endless = '漢'.repeat(40_000)
    await sandbox.fault({on: 'sts', error: 'AccessDenied', message: endless})
    await sandbox.fault({on: 'token', skip: 1, status: 400, body: {error: endless, error_description: endless}})
    const endings = [
      await home.run([...creds, '--debug']),
      await home.run(['creds', '-p', 'admin', '--debug']),
      await home.run([...creds, '--role', endless]),
      await home.run(['creds', '-p', endless]),
    ]
    for (const {exitCode, stderr} of endings) {
      expect(exitCode).to.be.greaterThan(0)
      expect(Buffer.byteLength(stderr)).to.be.lessThan(60_000)
      const failure = /^Error: .+\nTry: .+\n$/m.exec(stderr)?.[0] ?? ''
      expect(Buffer.byteLength(failure), 'what test/unit/terminal.test.ts leaves for it').to.be.within(1, 20_000)
    }
  })

  it('of silent signing in is exit 3 and names the command that signs in', async () => {
    const {exitCode, stderr} = await scene.home.run([...creds, '--no-interactive'])
    expect(exitCode).to.equal(3)
    expect(stderr).to.include('Try: aws-oidc login --profile developer\n')
  })

  const failures: readonly (readonly [string[], number, string])[] = [
    [['whoami', '-p', 'nobody', '--json'], 2, 'CONFIG_INVALID'],
    [['whoami', '-p', 'developer', '--no-interactive', '--json'], 3, 'SIGN_IN_REQUIRED'],
    [['login', '--provider', 'nobody', '--json'], 2, 'CONFIG_INVALID'],
    [['cache', 'clear', '--provider', 'nobody', '--json'], 2, 'CONFIG_INVALID'],
    [['login', '--no-such-flag', '--json'], 2, 'USAGE'],
  ]
  for (const [args, exitCode, code] of failures) {
    it(`of "${args.join(' ')}" is one JSON document with exactly code, message, hint and exitCode`, async () => {
      const ending = await scene.home.run(args)
      expect(ending).to.include({exitCode, stderr: ''})
      const {error, ...others} = JSON.parse(ending.stdout)
      expect(others).to.deep.equal({})
      expect(Object.keys(error)).to.deep.equal(['code', 'message', 'hint', 'exitCode'])
      expect(error).to.include({code, exitCode})
    })
  }

  it('of AWS with --json has its code and exit code 5', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({on: 'sts', action: 'GetCallerIdentity', error: 'AccessDenied', message: 'no'})
    const {exitCode, stdout} = await home.run(['whoami', '-p', 'developer', '--json'])
    expect(exitCode).to.equal(5)
    expect(JSON.parse(stdout).error).to.include({code: 'AWS_REFUSED', exitCode: 5})
  })

  it('to write a report, as its reader has gone or the disk is full, is exit 1, reported once', async function () {
    if (process.platform !== 'linux') this.skip()
    const env = variablesOf(scene.home, scene.sandbox)
    const info = ['cache', 'info', '--json']
    const full = await runAs(info, {env, shell: '"$@" >/dev/full'})
    expect(full.exitCode).to.equal(1)
    expect(full.stderr).to.match(/^Error: .*ENOSPC.*\n$/)
    const failed = await runAs(['whoami', '-p', 'nobody', '--json'], {env, shell: '"$@" >/dev/full'})
    expect(failed.exitCode, failed.stderr).to.be.oneOf([1, 2])
    expect(failed.stderr.trimEnd().split('\n').length, failed.stderr).to.be.lessThan(3)
    const gone = await runAs(info, {env, shell: '{ "$@"; echo "exit $?" >&2; } | head -c0'})
    expect(gone.stderr).to.equal('exit 1\n')
  })
})

describe('whoami', () => {
  const scene = useScene()

  it('shows the identity that AWS sees for the profile', async () => {
    const {home, sandbox} = scene
    const {exitCode, stdout} = await home.run(['whoami', '-p', 'developer'])
    expect(exitCode).to.equal(0)
    expect(stdout).to.match(
      /^Account {2}123456789012\nArn {6}arn:aws:sts::123456789012:assumed-role\/developer\/alice@example\.com\nUserId {3}\S+\n$/,
    )
    await home.run(['whoami', '-p', 'developer'])
    const calls = (await sandbox.journal()).flatMap(({action}) => action ?? [])
    expect(calls).to.deep.equal(['AssumeRoleWithWebIdentity', 'GetCallerIdentity', 'GetCallerIdentity'])
  })

  it('says the same as JSON with --json', async () => {
    const {stdout} = await scene.home.run(['whoami', '-p', 'developer', '--json'])
    const identity = JSON.parse(stdout)
    expect(Object.keys(identity)).to.deep.equal(['account', 'arn', 'userId'])
    expect(identity.account).to.equal('123456789012')
  })

  it('uses the profile of -p, AWS_OIDC_PROFILE, AWS_PROFILE, in this order, and asks for one of several', async () => {
    const {home} = scene
    const missing = async (args: string[], env: Record<string, string>) =>
      /no profile "(\w+)"/.exec((await home.run(['whoami', ...args], env)).stderr)?.[1]
    expect(await missing(['-p', 'flag'], {AWS_OIDC_PROFILE: 'own', AWS_PROFILE: 'aws'})).to.equal('flag')
    expect(await missing([], {AWS_OIDC_PROFILE: 'own', AWS_PROFILE: 'aws'})).to.equal('own')
    expect(await missing([], {AWS_PROFILE: 'aws'})).to.equal('aws')
    expect((await home.run(['whoami'])).stderr).to.match(/No profile is named, and \S+ has 2: /)
  })
})
