import {execFile} from 'node:child_process'
import {chmod, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {delimiter, dirname, join} from 'node:path'
import {promisify} from 'node:util'
import {expect} from 'chai'
import {bin} from '../support/home.ts'
import {variablesOf} from '../support/machine.ts'
import {root} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'
import {awkwardTriples, nushell, shells, throughShell} from '../support/shells.ts'

const run = promisify(execFile)
const python = join(root, '.cache/python/bin/python')

describe('Values of every printable character come through', () => {
  for (const [name, shell] of Object.entries(shells)) {
    it(`${name}, in the format ${shell.format}`, async () => {
      const triples = awkwardTriples()
      expect(await throughShell(shell, triples)).to.deep.equal(triples)
    })
  }
})

describe('The shell commands in creds --help work', () => {
  const scene = useScene()
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-shells-'))
    await writeFile(join(folder, 'aws-oidc'), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`)
    await writeFile(join(folder, 'show.js'), 'process.stdout.write(JSON.stringify(process.env))')
    await chmod(join(folder, 'aws-oidc'), 0o755)
  })
  afterEach(() => rm(folder, {recursive: true}))

  /** The example under this heading. */
  async function example(heading: string): Promise<string> {
    const manifest = JSON.parse(await readFile(join(root, 'oclif.manifest.json'), 'utf8'))
    const examples: readonly {description: string; command: string}[] = manifest.commands.creds.examples
    const command = examples.find(({description}) => description === heading)?.command
    if (command === undefined) throw new Error(`no example for ${heading}`)
    return command.replaceAll('<%= config.bin %>', 'aws-oidc')
  }

  function environment(more: Readonly<Record<string, string>>) {
    return {
      ...variablesOf(scene.home, scene.sandbox),
      PATH: [folder, dirname(process.execPath), process.env.PATH].join(delimiter),
      AWS_OIDC_PROFILE: 'developer',
      AWS_ACCOUNT_ID: '999999999999',
      ...more,
    }
  }

  /** Runs a script, and gives back the credentials' variables in what `node show.js` printed. */
  async function seenBy(program: readonly [string, ...string[]], script: string, more = {}) {
    const [command, ...args] = program
    const {stdout} = await run(command, [...args, script], {cwd: folder, env: environment(more)})
    const variables = Object.entries(JSON.parse(stdout)).filter(([name]) =>
      /^AWS_(ACCESS|SECRET|SESSION|SECURITY|CREDENTIAL|ACCOUNT)_/.test(name),
    )
    return Object.fromEntries(variables)
  }

  /** The document of the same credentials, as variables. */
  async function expected() {
    const {stdout} = await scene.home.run(['creds', '--profile', 'developer'])
    const {AccessKeyId, SecretAccessKey, SessionToken, Expiration, AccountId} = JSON.parse(stdout)
    return {
      AWS_ACCESS_KEY_ID: AccessKeyId,
      AWS_SECRET_ACCESS_KEY: SecretAccessKey,
      AWS_SESSION_TOKEN: SessionToken,
      AWS_CREDENTIAL_EXPIRATION: Expiration,
      AWS_ACCOUNT_ID: AccountId,
    }
  }

  const posix = 'bash, zsh and other POSIX shells'
  for (const [shell, heading] of [
    [['bash', '--norc', '-c'], posix],
    [['dash', '-c'], posix],
    [['zsh', '-f', '-c'], posix],
    [['mksh', '-c'], posix],
    [['busybox', 'sh', '-c'], posix],
    [['fish', '--no-config', '-c'], 'fish'],
    [[nushell, '--no-config-file', '-c'], 'Nushell'],
  ] as const) {
    it(`in ${shell[0].split('/').at(-1)}, with the credentials of the document, and no stale token`, async () => {
      const wanted = await expected()
      const script = `${await example(heading)}; node show.js`
      expect(await seenBy(shell, script, {AWS_SECURITY_TOKEN: 'stale'})).to.deep.equal(wanted)
    })
  }

  it('for one program only, which gets the credentials of the document', async () => {
    const wanted = await expected()
    const script = (await example('for one program only')).replace('PROGRAM', 'node show.js')
    expect(await seenBy(['sh', '-c'], script)).to.deep.equal(wanted)
  })

  it('in bash with set -e and set -u', async () => {
    const wanted = await expected()
    const script = `set -eu; ${await example(posix)}; node show.js`
    expect(await seenBy(['bash', '--norc', '-c'], script)).to.deep.equal(wanted)
  })

  for (const [reader, script] of [
    ['bash that sources it', 'set -a; . ./variables; node show.js'],
    ['node --env-file', 'node --env-file=variables show.js'],
    [
      'python-dotenv',
      `"${python}" -c 'import dotenv, json; print(json.dumps(dotenv.dotenv_values("variables", interpolate=True)))'`,
    ],
  ] as const) {
    it(`for a file of variables, with the same values when ${reader} reads it`, async () => {
      const wanted = await expected()
      // Node lets the environment win.
      const redirected = `unset AWS_ACCOUNT_ID; aws-oidc creds --format dotenv > variables; ${script}`
      expect(await seenBy(['bash', '--norc', '-c'], redirected)).to.deep.equal(wanted)
    })
  }

  it('in a shell where another tool has left AWS_SECURITY_TOKEN, and boto3 has the requested identity', async () => {
    const script = `${await example(posix)}; "${python}" "${join(root, 'test/real/call.py')}" sts get_caller_identity '{}'`
    const env = {AWS_SECURITY_TOKEN: 'stale', AWS_EC2_METADATA_DISABLED: 'true'}
    const {stdout} = await run('bash', ['--norc', '-c', script], {env: environment(env)})
    expect(JSON.parse(stdout).Arn).to.equal('arn:aws:sts::123456789012:assumed-role/developer/alice@example.com')
  })

  it('and evaluate nothing when creds fails', async () => {
    const script = `${await example(posix)}; node show.js`
    const {AWS_ACCOUNT_ID, ...others} = await seenBy(['bash', '--norc', '-c'], script, {AWS_OIDC_PROFILE: 'nobody'})
    expect({AWS_ACCOUNT_ID, others}).to.deep.equal({AWS_ACCOUNT_ID: '999999999999', others: {}})
  })
})
