// What `creds` costs, as ratios to an empty Node process: `node bench/creds.js [rounds] [cache ...]` after a build.
// cold: nobody is signed in; a scripted browser signs in (its own process counts too). renewed: new tokens from a refresh
// token, and new credentials of AWS. forced: new credentials of AWS from tokens that are remembered. warm: from the cache.
// The cache "keyring" wants a keyring in this session.
// All kinds run in turn, so that a slow moment of the machine hits each; ratios are taken round by round.
import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {milliseconds, print} from './figures.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const [rounds = '20', ...named] = process.argv.slice(2)
const caches = named.length > 0 ? named : ['file']
const folder = mkdtempSync(join(tmpdir(), 'aws-oidc-bench-'))
const sandboxBin = join(root, 'plugins/sandbox/bin/run.js')
const sandbox = spawn(process.execPath, [sandboxBin, 'start', '--json', '--write-config', join(folder, 'config')], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const {PATH, DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR} = process.env
const run = join(root, 'bin/run.js')
const creds = [process.execPath, run, 'creds', '--profile', 'developer']

try {
  const ready = JSON.parse(await new Promise(resolve => createInterface({input: sandbox.stdout}).once('line', resolve)))
  for (const cache of caches) {
    /** @type {Record<string, number>[]} */
    const figures = []
    for (let round = 0; round < Number(rounds); round++) figures.push(await measured(environment(cache, ready), ready))
    process.stdout.write(`cache ${cache}, ${rounds} rounds: milliseconds, and ratio to an empty Node process\n`)
    print(figures, 7)
  }
} finally {
  sandbox.kill()
  rmSync(folder, {recursive: true, force: true})
}

/**
 * One round of all kinds.
 * @param {NodeJS.ProcessEnv} env
 * @param {{control: string}} sandbox
 * @returns {Promise<Record<string, number>>}
 */
async function measured(env, {control}) {
  milliseconds([process.execPath, run, 'cache', 'clear'], env)
  const empty = milliseconds([process.execPath, '-e', '0'], env)
  // A token with less than a minute left is renewed.
  await setLifetime(control, 59)
  const cold = milliseconds(creds, env)
  await setLifetime(control, 300)
  return {
    empty,
    cold,
    renewed: milliseconds([...creds, '--force'], env),
    forced: milliseconds([...creds, '--force'], env),
    warm: milliseconds(creds, env),
  }
}

/**
 * @param {string} control
 * @param {number} idTokenSeconds
 */
async function setLifetime(control, idTokenSeconds) {
  const answer = await fetch(`${control}/lifetimes`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({idTokenSeconds}),
  })
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}`)
}

/**
 * @param {string} cache
 * @param {{sts: string}} sandbox
 * @returns {NodeJS.ProcessEnv}
 */
function environment(cache, {sts}) {
  return {
    PATH,
    ...(DBUS_SESSION_BUS_ADDRESS && {DBUS_SESSION_BUS_ADDRESS}),
    ...(XDG_RUNTIME_DIR && {XDG_RUNTIME_DIR}),
    HOME: folder,
    AWS_OIDC_CACHE: cache,
    AWS_OIDC_CONFIG_FILE: join(folder, 'config/config.yaml'),
    AWS_ENDPOINT_URL_STS: sts,
    AWS_OIDC_INTERACTIVE: 'always',
    AWS_OIDC_BROWSER: sandboxBin,
  }
}
