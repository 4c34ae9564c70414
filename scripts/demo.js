// Demonstrates the main features on the sandbox, with the real commands, unattended: `npm run demo`.
// With `npm run demo -- --browser` the sign-in page opens in your own browser (alice, alice-password).
import {spawn, spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {parseArgs, styleText} from 'node:util'
import {stringify} from 'yaml'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const run = join(root, 'bin/run.js')
const sandboxBin = join(root, 'plugins/sandbox/bin/run.js')
const {values: options} = parseArgs({options: {browser: {type: 'boolean', default: false}}})
const folder = mkdtempSync(join(tmpdir(), 'aws-oidc-demo-'))
const config = join(folder, 'config.yaml')
const account = '123456789012'
const began = performance.now()

print('An OpenID provider and an STS of AWS start on this machine. Nothing leaves it; no AWS account is needed.')
const sandbox = spawn(process.execPath, [sandboxBin, 'start', '--json'], {stdio: ['ignore', 'pipe', 'inherit']})
try {
  const {issuer, clientId, sts, console: signIn, control} = JSON.parse(await firstLine(sandbox.stdout))
  // The sandbox's own "person" replaces a browser.
  if (!options.browser) {
    writeFileSync(config, stringify({browser: [process.execPath, sandboxBin, 'browse']}), {mode: 0o600})
  }
  const env = environment(sts, signIn)
  await firstDay([`issuer=${issuer}`, `clientId=${clientId}`], sts, env)
  await everyDay(control, env)
  print(`Done in ${seconds(began)}. To try it at your own provider, see "Setting it up" in the README.`)
} catch (error) {
  process.exitCode = 1
  print(`The demo failed: ${error instanceof Error ? error.message : error}`)
} finally {
  sandbox.kill('SIGTERM')
  rmSync(folder, {recursive: true, force: true})
}

/**
 * @param {readonly string[]} provider its settings
 * @param {string} sts
 * @param {NodeJS.ProcessEnv} env
 */
async function firstDay(provider, sts, env) {
  const settings = provider.flatMap(setting => ['--set', setting])

  title('Set up. Your browser opens at your own identity provider; aws-oidc never sees the password.')
  print('(`aws-oidc setup` alone asks for all of this on the terminal.)')
  await command([...setup('corp', 'oidc', 'developer'), ...settings], env)

  title('A role to switch to, and the same provider by SAML: the sign-in is exchanged for an assertion (RFC 8693).')
  await command(['profiles', 'add', 'admin', '--source', 'developer', '--role', role('admin')], env)
  await command([...setup('corp-saml', 'saml2', 'saml-developer'), '--set', 'via=token-exchange', ...settings], env)

  title('Let the AWS CLI and every SDK know. Everything else in ~/.aws/config stays as it is.')
  await command(['profiles', 'sync', '--yes'], env)

  title('Who AWS says you are.')
  for (const profile of ['developer', 'admin', 'saml-developer']) await showCaller(profile, sts, env)
}

/**
 * @param {string} provider
 * @param {string} strategy
 * @param {string} profile
 */
function setup(provider, strategy, profile) {
  const named = ['--provider', provider, '--strategy', strategy, '--profile', profile]
  return ['setup', '--yes', ...named, '--role', role('developer'), '--region', 'us-east-1']
}

/** @param {string} name */
function role(name) {
  return `arn:aws:iam::${account}:role/${name}`
}

/**
 * @param {string} control
 * @param {NodeJS.ProcessEnv} env
 */
async function everyDay(control, env) {
  title('Credentials, as the AWS CLI and every SDK ask for them through credential_process: from the cache.')
  const start = performance.now()
  await command(['creds', '--profile', 'developer'], env)
  print(`(${Math.round(performance.now() - start)} ms, of which Node itself takes about ${nodeAlone()})`)

  title('Ten programs ask at once and you are not signed in: one sign-in serves them all.')
  await command(['cache', 'clear'], env)
  await fetch(`${control}/journal`, {method: 'DELETE'})
  const endings = await Promise.all(Array.from({length: 10}, () => ending(['creds', '--profile', 'developer'], env)))
  const served = endings.filter(({status, stdout}) => status === 0 && stdout === endings[0]?.stdout).length
  const signIns = await countSignIns(control)
  print(`${served} of 10 got the same credentials; sign-ins: ${signIns}`)
  if (served !== 10 || signIns !== 1) throw new Error('ten parallel calls did not end in one sign-in')

  title('A program with the credentials in its environment, and no other AWS credentials.')
  const tells =
    "'a session token of ' + process.env.AWS_SESSION_TOKEN.length + ' characters for ' + process.env.AWS_ACCOUNT_ID"
  await command(['exec', '--profile', 'admin', '--', 'node', '-p', tells], env)

  title('The AWS console as that profile. Without --url it opens in your browser; the address is a secret.')
  await command(['console', 's3', '--region', 'eu-west-1', '--profile', 'developer', '--url'], env)

  title('Where things stand: no network, no questions.')
  await command(['status'], env)

  title('Is anything wrong? Nothing is changed, nothing is asked.')
  await command(['doctor'], env)

  title('On a machine without a browser: a code to type in a browser anywhere.')
  await command(['login', '--profile', 'developer', '--device', '--force'], env)

  title('Sign out: tokens are revoked at the provider, credentials and tokens removed here.')
  await command(['logout', '--all'], env)
  await command(['status'], env)
}

/**
 * Shows the caller with the AWS CLI, which calls aws-oidc itself, or with `whoami` where there is no AWS CLI.
 * @param {string} profile
 * @param {string} sts
 * @param {NodeJS.ProcessEnv} env
 */
async function showCaller(profile, sts, env) {
  const aws = process.platform === 'win32' ? 'aws.exe' : 'aws'
  if (spawnSync(aws, ['--version'], {env, stdio: 'ignore'}).status !== 0) {
    return command(['whoami', '--profile', profile], env)
  }
  const args = ['sts', 'get-caller-identity', '--profile', profile, '--endpoint-url', sts]
  print(`$ aws ${args.join(' ')}`)
  // The AWS CLI caches credentials of switched roles in the home, and would use those of an earlier sandbox.
  const {status, stdout, stderr} = await ended(spawn(aws, args, {env: {...env, HOME: folder, USERPROFILE: folder}}))
  print((stdout + stderr).trimEnd())
  if (status !== 0) throw new Error(`aws ended with ${status}`)
  return undefined
}

/**
 * The user's environment, with all variables of AWS and aws-oidc replaced by those of the demo.
 * @param {string} sts
 * @param {string} signIn
 */
function environment(sts, signIn) {
  // Hot copies and keyring entries would be the real user's, so the demo uses neither.
  const foreign = options.browser ? /^(AWS_|XDG_RUNTIME_DIR$)/ : /^(AWS_|BROWSER$|XDG_RUNTIME_DIR$)/
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_DATA_HOME: join(folder, 'data'),
    AWS_OIDC_CONFIG_FILE: config,
    AWS_CONFIG_FILE: join(folder, 'aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-credentials'),
    AWS_ENDPOINT_URL_STS: sts,
    AWS_ENDPOINT_URL_SIGNIN: signIn,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_OIDC_INTERACTIVE: 'always',
    AWS_OIDC_CACHE: 'file',
  }
}

/**
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function command(args, env) {
  print(`$ aws-oidc ${args.join(' ')}`)
  const {status, stdout, stderr} = await ending(args, env)
  for (const line of (stderr + stdout).split('\n')) if (line.trim() !== '') print(`  ${shortened(line)}`)
  if (status !== 0) throw new Error(`aws-oidc ${args.join(' ')} ended with ${status}`)
}

/**
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function ending(args, env) {
  return ended(spawn(process.execPath, [run, ...args], {env, stdio: ['ignore', 'pipe', 'pipe']}))
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<{status: number | null, stdout: string, stderr: string}>}
 */
function ended(child) {
  return new Promise((resolve, reject) => {
    let [stdout, stderr] = ['', '']
    child.stdout?.setEncoding('utf8').on('data', text => {
      stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', text => {
      stderr += text
    })
    child.once('error', reject)
    child.once('close', status => resolve({status, stdout, stderr}))
  })
}

/** @param {string} control */
async function countSignIns(control) {
  const response = await fetch(`${control}/journal`)
  const journal = /** @type {{kind: string}[]} */ (await response.json())
  return journal.filter(({kind}) => kind === 'sign-in').length
}

/** Shortens long and secret values. @param {string} line */
function shortened(line) {
  return line
    .replace(/"(SecretAccessKey|SessionToken)":"(.{4})[^"]*"/g, '"$1":"$2..."')
    .replace(/(SigninToken=.{4})\S+/g, '$1...')
}

/** @param {import('node:stream').Readable} stream @returns {Promise<string>} */
function firstLine(stream) {
  return new Promise((resolve, reject) => {
    createInterface({input: stream})
      .once('line', resolve)
      .once('close', () => reject(new Error('the sandbox did not start')))
  })
}

function nodeAlone() {
  const start = performance.now()
  spawnSync(process.execPath, ['-e', '0'])
  return `${Math.round(performance.now() - start)} ms`
}

/** @param {number} since */
function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}

/** @param {string} text */
function title(text) {
  print(`\n${styleText('bold', text)}`)
}

/** @param {string} text */
function print(text) {
  process.stdout.write(`${text}\n`)
}
