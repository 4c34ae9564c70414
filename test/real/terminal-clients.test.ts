import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {useAwsTools} from '../support/aws-tools.ts'
import {bin} from '../support/home.ts'
import {root} from '../support/sandbox.ts'
import {onTerminal, python, times} from '../support/terminal.ts'

const signedIn = 'Signed in as alice@example.com at sandbox; the role is arn:aws:iam::123456789012:role/developer.'
const identity = 'arn:aws:sts::123456789012:assumed-role/developer/alice@example.com'
const aws = join(root, '.cache/python/bin/aws')
const hint = 'Try: aws-oidc login --profile developer'

/** How each client asks who it is; where it fails, all its output is on the terminal too. */
const clients: Readonly<Record<string, readonly string[]>> = {
  boto3: [python, join(root, 'test/real/call.py'), 'sts', 'get_caller_identity', '{}', 'developer'],
  'the AWS CLI': [aws, 'sts', 'get-caller-identity', '--profile', 'developer'],
  'the SDK for JavaScript': [process.execPath, join(root, 'test/real/call.mjs')],
}

describe('A user at the terminal of a program that uses', () => {
  const tools = useAwsTools()

  function environment(more: Readonly<Record<string, string>> = {}) {
    const {home, sandbox} = tools
    return {
      PATH: process.env.PATH,
      HOME: home.folder,
      AWS_CONFIG_FILE: join(home.folder, 'aws-config'),
      AWS_ENDPOINT_URL_STS: sandbox.sts,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_MAX_ATTEMPTS: '1',
      AWS_PROFILE: 'developer',
      AWS_OIDC_INTERACTIVE: 'always',
      SANDBOX_USER: 'alice',
      ...more,
    }
  }

  for (const [client, command] of Object.entries(clients)) {
    it(`${client} sees the address to open and who signed in, each once, and then the answer`, async () => {
      const {shown, exitCode} = await onTerminal(command, {env: environment()})
      expect(exitCode, shown).to.equal(0)
      expect(times(`${tools.sandbox.issuer}/auth?`, shown)).to.equal(1)
      expect(times(signedIn, shown)).to.equal(1)
      expect(shown).to.include(identity)
    })

    it(`${client} sees nothing of aws-oidc on the next call`, async () => {
      await onTerminal(command, {env: environment()})
      const {shown} = await onTerminal(command, {env: environment()})
      expect(shown)
        .to.include(identity)
        .and.not.match(/sign|sandbox/i)
    })

    it(`${client} in a background job sees both although the terminal stops jobs that write to it`, async () => {
      const job = 'stty tostop; set -m; "$@" >"$0" 2>&1 & wait $!; echo "ended with $?"'
      const said = join(tools.home.folder, 'answer')
      const {shown} = await onTerminal(['bash', '--norc', '-c', job, said, ...command], {env: environment()})
      expect(shown).to.include('ended with 0')
      expect(times(`${tools.sandbox.issuer}/auth?`, shown)).to.equal(1)
      expect(times(signedIn, shown)).to.equal(1)
      expect(await readFile(said, 'utf8')).to.include(identity)
    })
  }

  for (const [client, command] of Object.entries(clients).slice(0, 2)) {
    it(`${client}, which shows our stderr, sees once why it failed`, async () => {
      const {shown} = await onTerminal(command, {env: environment({AWS_OIDC_INTERACTIVE: 'never'})})
      expect(times(hint, shown), shown).to.equal(1)
      expect(times('You need to sign in to', shown)).to.equal(1)
    })
  }

  it('the SDK for JavaScript, which hides our stderr, sees why it failed and what to type', async () => {
    const [, command = []] = Object.entries(clients)[2] ?? []
    const {shown} = await onTerminal(command, {env: environment({AWS_OIDC_INTERACTIVE: 'never'})})
    expect(shown).to.include('CredentialsProviderError: Could not load credentials from any providers')
    expect(shown)
      .to.match(/^Error: You need to sign in to .*\. AWS_OIDC_INTERACTIVE is "never"\.\r$/m)
      .and.include(hint)
  })

  describe('no SDK, but starts aws-oidc itself,', () => {
    const fails = [process.execPath, bin, 'creds', '--profile', 'developer', '--no-interactive']

    async function shownBy(script: string): Promise<string> {
      const said = join(tools.home.folder, 'stderr')
      return (await onTerminal(['sh', '-c', script, said, ...fails], {env: environment()})).shown
    }

    for (const [how, script, expected] of [
      ['on the terminal', '"$@"', 1],
      ['with stderr to a file', '"$@" 2>"$0"', 0],
      ['with stderr discarded', '"$@" 2>/dev/null </dev/null', 0],
      ['with a pipe that the user reads', '"$@" 2>&1 | cat', 1],
      ['with a discarded pipe, and no terminal as stdin', '"$@" 2>&1 </dev/null | cat >/dev/null', 1],
      ['with a discarded pipe, and a pipe as stdin', ': | "$@" 2>&1 | cat >/dev/null', 1],
    ] as const) {
      it(`${how} sees a failure ${expected === 1 ? 'once' : 'not at all'}`, async () => {
        expect(times(hint, await shownBy(script))).to.equal(expected)
      })
    }
  })

  it('no terminal finds everything on stderr', async () => {
    const said = join(tools.home.folder, 'stderr')
    const command = ['setsid', '--wait', 'sh', '-c', '"$@" 2>"$0" >/dev/null', said]
    const {shown} = await onTerminal([...command, process.execPath, bin, 'creds', '-p', 'developer'], {
      env: environment(),
    })
    expect(shown).to.equal('')
    const text = await readFile(said, 'utf8')
    expect(times(`${tools.sandbox.issuer}/auth?`, text)).to.equal(1)
    expect(times(signedIn, text)).to.equal(1)
  })
})
