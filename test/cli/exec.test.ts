import {createHash} from 'node:crypto'
import {chmod, mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

const exec = ['exec', '--profile', 'developer']

/** A program that tells the AWS variables it got, values as fingerprints: they are secrets. */
const tellVariables = [
  process.execPath,
  '-e',
  `const {createHash} = require('node:crypto')
  const own = Object.entries(process.env).filter(([name]) => name.startsWith('AWS_'))
  const tell = ([name, value]) => [name, /KEY|TOKEN/.test(name) ? createHash('sha256').update(value).digest('hex') : value]
  console.log(JSON.stringify(Object.fromEntries(own.map(tell))))`,
]

const node = (code: string) => [process.execPath, '-e', code]

describe('aws-oidc exec', () => {
  const scene = useScene()

  it('runs a program with the credentials of the profile, its region, its name and its account', async () => {
    const ending = await scene.home.run([...exec, '--', ...tellVariables])
    expect(ending).to.include({exitCode: 0})
    const {stdout} = await scene.home.run(['creds', '--profile', 'developer'])
    const document = JSON.parse(stdout)
    const fingerprint = (text: string) => createHash('sha256').update(text).digest('hex')
    const {AWS_ENDPOINT_URL_STS, AWS_OIDC_INTERACTIVE, ...variables} = JSON.parse(ending.stdout)
    expect(variables).to.deep.equal({
      AWS_ACCESS_KEY_ID: fingerprint(document.AccessKeyId),
      AWS_SECRET_ACCESS_KEY: fingerprint(document.SecretAccessKey),
      AWS_SESSION_TOKEN: fingerprint(document.SessionToken),
      AWS_CREDENTIAL_EXPIRATION: document.Expiration,
      AWS_ACCOUNT_ID: '123456789012',
      AWS_REGION: 'us-east-1',
      AWS_OIDC_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_OIDC_PROFILE: 'developer',
      AWS_OIDC_EXEC: '123456789012',
    })
  })

  it('removes every other source of AWS credentials from the environment', async () => {
    const others = {
      AWS_PROFILE: 'other',
      AWS_DEFAULT_PROFILE: 'other',
      AWS_SECURITY_TOKEN: 'stale',
      AWS_ACCESS_KEY: 'stale',
      AWS_SECRET_KEY: 'stale',
      AWS_CREDENTIAL_FILE: '/other',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/other',
      AWS_ROLE_ARN: 'other',
      AWS_ROLE_SESSION_NAME: 'other',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/',
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/other',
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'stale',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/other',
      AWS_BEARER_TOKEN_BEDROCK: 'stale',
      AWS_VAULT: 'other',
      AWS_SESSION_EXPIRATION: 'other',
    }
    const {stdout} = await scene.home.run([...exec, '--', ...tellVariables], {...others, AWS_MAX_ATTEMPTS: '7'})
    const variables = JSON.parse(stdout)
    expect(variables).not.to.have.any.keys(Object.keys(others))
    expect(variables).to.include({AWS_MAX_ATTEMPTS: '7'})
  })

  for (const [said, args, env, region] of [
    ['a flag', ['--region', 'eu-west-1'], {AWS_REGION: 'eu-north-1'}, 'eu-west-1'],
    ['AWS_REGION', [], {AWS_REGION: 'eu-north-1', AWS_DEFAULT_REGION: 'eu-south-1'}, 'eu-north-1'],
    ['AWS_DEFAULT_REGION', [], {AWS_DEFAULT_REGION: 'eu-south-1'}, 'eu-south-1'],
    ['the source profile', [], {AWS_OIDC_PROFILE: 'admin'}, 'us-east-1'],
  ] as const) {
    it(`passes on the region of ${said}, in both variables`, async () => {
      const {stdout} = await scene.home.run(['exec', ...args, '--', ...tellVariables], {
        AWS_OIDC_PROFILE: 'developer',
        ...env,
      })
      expect(JSON.parse(stdout)).to.include({AWS_REGION: region, AWS_DEFAULT_REGION: region})
    })
  }

  describe('for a profile without a region', () => {
    const role = 'arn:aws:iam::123456789012:role/developer'
    const regions = ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_OIDC_REGION']
    beforeEach(() => scene.home.configure({profiles: {bare: {provider: 'sandbox', role}}}))

    const toldIn = async (args: readonly string[], env = {}) => {
      const ending = await scene.home.run(['exec', '-p', 'bare', ...args, '--', ...tellVariables], env)
      expect(ending, ending.stderr).to.include({exitCode: 0})
      return JSON.parse(ending.stdout)
    }
    const awsConfig = async (text: string) => {
      await mkdir(join(scene.home.folder, '.aws'))
      await writeFile(join(scene.home.folder, '.aws/config'), text)
    }

    it('sets none where none was chosen', async () => {
      expect(await toldIn([])).not.to.have.any.keys(regions)
    })

    it('sets none where the chosen one is of another partition', async () => {
      await awsConfig('[default]\nregion = us-gov-west-1\n')
      expect(await toldIn([], {AWS_REGION: 'cn-north-1'})).not.to.have.any.keys(regions)
    })

    for (const [whose, config, region] of [
      ['of its name', '[default]\nregion = eu-west-1\n[profile bare]\nregion = eu-central-1\n', 'eu-central-1'],
      ['[default]', '[default]\nregion = eu-west-1\n[profile bare]\noutput = json\n', 'eu-west-1'],
    ] as const) {
      it(`passes on the region that the AWS tools have for the profile ${whose}`, async () => {
        await awsConfig(config)
        expect(await toldIn([])).to.include({AWS_REGION: region, AWS_DEFAULT_REGION: region})
      })
    }

    it('starts the program although the configuration of the AWS tools is broken', async () => {
      await awsConfig('nonsense\n')
      expect(await toldIn([])).not.to.have.any.keys(regions)
    })

    it('ignores the region that an outer exec has set', async () => {
      const around = {AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1', AWS_OIDC_REGION: 'eu-west-1'}
      expect(await toldIn([], around)).not.to.have.any.keys(regions)
      expect(await toldIn([], {...around, AWS_REGION: 'eu-north-1'})).to.include({AWS_REGION: 'eu-north-1'})
    })

    it('names none in the AWS files that --serve makes', async () => {
      const ending = await scene.home.run(['exec', '-p', 'bare', '--serve', '--', 'sh', '-c', 'cat "$AWS_CONFIG_FILE"'])
      expect(ending).to.include({exitCode: 0, stdout: '[default]\n'})
    })
  })

  it("refuses a region in which the role's credentials do not work, before the sign-in", async () => {
    const ending = await scene.home.run([...exec, '--region', 'cn-north-1', '--', 'true'])
    expect(ending).to.include({exitCode: 2, stdout: ''})
    expect(ending.stderr).to.include('"cn-north-1" is not a region of this role\'s partition, aws')
    expect(await scene.sandbox.signIns()).to.equal(0)
  })

  it('requests the duration of the flag', async () => {
    await scene.home.run([...exec, '--duration', '2h', '--', 'true'])
    const [call] = (await scene.sandbox.journal()).filter(({action}) => action === 'AssumeRoleWithWebIdentity')
    expect(call).to.include({durationSeconds: 7200})
  })

  it('passes everything after "--" to the program, even our own flags and another "--"', async () => {
    const args = ['--profile', 'x', '--help', '--', '-p', 'a b', '', '"']
    const tell = node('console.log(JSON.stringify(process.argv.slice(1)))')
    const {stdout} = await scene.home.run([...exec, '--', ...tell, '--', ...args])
    expect(JSON.parse(stdout)).to.deep.equal(args)
  })

  for (const args of [[], ['true'], ['--']]) {
    it(`says what to type where no program follows "--" (${args.join() || 'nothing'})`, async () => {
      const ending = await scene.home.run([...exec, ...args])
      expect(ending).to.include({exitCode: 2, stdout: ''})
      expect(ending.stderr).to.include('Try: aws-oidc exec --profile NAME -- COMMAND')
    })
  }

  it('starts nothing where the sign-in needs the user, who may not be asked', async () => {
    const ending = await scene.home.run([...exec, '--no-interactive', '--', 'touch', 'started'])
    expect(ending).to.include({exitCode: 3, stdout: ''})
    expect((await scene.home.run(['exec', '-p', 'developer', '--', 'cat', 'started'])).exitCode).to.equal(1)
  })

  it('shows the address instead of opening it with --no-browser', async () => {
    const {child, ended} = scene.home.start([...exec, '--no-browser', '--', 'true'])
    const shown = await new Promise<string>(resolve => child.stderr?.once('data', text => resolve(String(text))))
    child.kill('SIGTERM')
    expect(await ended).to.include({exitCode: 143})
    expect(shown).to.include('Open this address in a browser to sign in')
  })

  describe('as a wrapper of the program', () => {
    beforeEach(() => scene.home.run(['creds', '--profile', 'developer']))

    it('ends with its exit code and prints nothing', async () => {
      const ending = await scene.home.run([...exec, '--', 'sh', '-c', 'exit 42'])
      expect(ending).to.include({exitCode: 42, stdout: '', stderr: ''})
    })

    it('ends with 128 plus the number of the signal that ended it', async () => {
      expect(await scene.home.run([...exec, '--', 'sh', '-c', 'kill -KILL $$'])).to.include({exitCode: 137})
      expect(await scene.home.run([...exec, '--', 'sh', '-c', 'kill -SEGV $$'])).to.include({exitCode: 139})
    })

    it('ends by SIGINT where the program did, so that a script ends too', async () => {
      const ending = await scene.home.run([...exec, '--', 'sh', '-c', 'kill -INT $$'])
      expect(ending).to.include({exitCode: null, signal: 'SIGINT'})
    })

    it('ends with 127 where there is no such program', async () => {
      const ending = await scene.home.run([...exec, '--', 'no-such-program'])
      expect(ending).to.include({
        exitCode: 127,
        stdout: '',
        stderr: 'aws-oidc exec: no-such-program: command not found\n',
      })
    })

    it('ends with 126 where it may not be started', async () => {
      const file = join(scene.home.folder, 'not-a-program')
      await writeFile(file, '')
      const ending = await scene.home.run([...exec, '--', file])
      expect(ending).to.include({exitCode: 126, stdout: '', stderr: `aws-oidc exec: ${file}: permission denied\n`})
    })

    it('runs a script without "#!" as a shell does', async () => {
      const file = join(scene.home.folder, 'script')
      await writeFile(file, 'echo "in $AWS_REGION"\n')
      await chmod(file, 0o700)
      expect(await scene.home.run([...exec, '--', file])).to.include({exitCode: 0, stdout: 'in us-east-1\n'})
    })

    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const) {
      it(`passes ${signal} on, and waits for the program to handle it`, async () => {
        const program = node(`process.once('${signal}', () => {
          process.once('${signal}', () => process.exit(9))
          console.log('heard')
        })
        setInterval(() => undefined, 1000)
        console.log('ready')`)
        const {child, ended} = scene.home.start([...exec, '--', ...program])
        await new Promise(resolve => child.stdout?.once('data', resolve))
        child.kill(signal)
        await new Promise(resolve => child.stdout?.once('data', resolve))
        child.kill(signal)
        expect(await ended).to.include({exitCode: 9, stdout: 'ready\nheard\n', stderr: ''})
      })
    }
  })

  for (const [started, line] of [
    ['by nohup', 'nohup "$@"'],
    ['by a script that ignores SIGHUP', 'trap "" HUP; "$@"; exit $?'],
  ] as const) {
    for (const flags of [[], ['--serve']]) {
      it(`lives on after SIGHUP where it was started ${started} (${flags.join() || 'fixed values'})`, async function () {
        if (process.platform !== 'linux') this.skip()
        const wait = 'echo ready; while [ ! -e "$HOME/go" ]; do sleep 0.1; done; echo lived'
        const {child, ended} = scene.home.startBehind(
          ['bash', '-c', line, 'bash'],
          [...[...exec, ...flags, '--', 'sh', '-c', wait]],
        )
        await new Promise(resolve => child.stdout?.once('data', resolve))
        // As a terminal does that is closed.
        process.kill(-(child.pid ?? 0), 'SIGHUP')
        await writeFile(join(scene.home.folder, 'go'), '')
        expect(await ended).to.include({exitCode: 0, stdout: 'ready\nlived\n'})
      })
    }
  }

  describe('inside another exec', () => {
    const inside = {AWS_OIDC_EXEC: '210987654321'}

    it('uses the same profile where none is named', async () => {
      const {stdout} = await scene.home.run([
        ...['exec', '--profile', 'admin', '--', process.execPath],
        ...[join(import.meta.dirname, '../../bin/run.js'), 'exec', '--', ...tellVariables],
      ])
      expect(JSON.parse(stdout)).to.include({AWS_OIDC_PROFILE: 'admin'})
    })

    it('refuses another account before the sign-in', async () => {
      const ending = await scene.home.run([...exec, '--', 'true'], inside)
      expect(ending).to.include({exitCode: 2, stdout: ''})
      expect(ending.stderr).to.equal(
        'Error: You are inside an "aws-oidc exec" for the account 210987654321, but the profile "developer" is for 123456789012.\nTry: aws-oidc exec --nested --profile developer -- true, or leave the other exec first\n',
      )
      expect(await scene.sandbox.signIns()).to.equal(0)
    })

    it('refuses another account even where only the provider names the role', async () => {
      await scene.home.configure({profiles: {any: {provider: 'sandbox'}}})
      const ending = await scene.home.run(['exec', '--profile', 'any', '--', 'true'], {...inside, SANDBOX_USER: 'bob'})
      expect(ending).to.include({exitCode: 2})
      expect(ending.stderr).to.include('inside an "aws-oidc exec"')
    })

    it('accepts another account with --nested', async () => {
      const {stdout} = await scene.home.run([...exec, '--nested', '--', ...tellVariables], inside)
      expect(JSON.parse(stdout)).to.include({AWS_OIDC_EXEC: '123456789012'})
    })
  })
})
