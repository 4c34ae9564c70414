// What a warm `creds` costs where there is no hot copy, as ratios to an empty Node process of the same version:
// `node bench/pointers.js [rounds]` after a build. Plain text, and sealed with a key that gnome-keyring has, on a bus of
// its own; `whole` is the same without the pointer. All kinds run in turn, so that a slow moment of the machine hits each;
// ratios are taken round by round.
import {spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, utimesSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {startSessionBus} from '../test/support/session-bus.ts'
import {milliseconds, print} from './figures.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const rounds = Number(process.argv[2] ?? 20)
const folder = mkdtempSync(join(tmpdir(), 'aws-oidc-bench-'))
const sandboxBin = join(root, 'plugins/sandbox/bin/run.js')
const sandbox = spawn(process.execPath, [sandboxBin, 'start', '--json', '--write-config', join(folder, 'config')], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const run = join(root, 'bin/run.js')
const creds = [process.execPath, run, 'creds', '--profile', 'developer']
const bus = await startSessionBus()

try {
  await bus.startKeyring('password of the keyring')
  const ready = await new Promise(resolve => createInterface({input: sandbox.stdout}).once('line', resolve))
  const [file, keyring] = [environment('file', ready), environment('keyring', ready)]
  const long = new Date(Date.now() - 60_000)
  utimesSync(file.AWS_OIDC_CONFIG_FILE ?? '', long, long)
  for (const env of [file, keyring]) milliseconds(creds, env)

  /** @type {Record<string, () => number>} */
  const kinds = {
    empty: () => milliseconds([process.execPath, '-e', '0'], file),
    file: () => milliseconds(creds, file),
    keyring: () => milliseconds(creds, keyring),
    'whole, file': () => milliseconds([...creds, '--format', 'process'], file),
    'whole, keyring': () => milliseconds([...creds, '--format', 'process'], keyring),
  }
  /** @type {Record<string, number>[]} */
  const figures = []
  for (let round = 0; round < rounds; round++) {
    figures.push(Object.fromEntries(Object.entries(kinds).map(([kind, measure]) => [kind, measure()])))
  }
  process.stdout.write(`${rounds} rounds: milliseconds (least, median, most), and ratio to an empty Node process\n`)
  print(figures, 14, 2)
} finally {
  sandbox.kill()
  await bus.stop()
  rmSync(folder, {recursive: true, force: true})
}

/**
 * @param {string} cache
 * @param {string} ready what the sandbox says of itself
 * @returns {NodeJS.ProcessEnv}
 */
function environment(cache, ready) {
  const home = join(folder, cache)
  mkdirSync(home)
  return {
    PATH: process.env.PATH,
    ...bus.env,
    HOME: home,
    AWS_OIDC_CACHE: cache,
    AWS_OIDC_CONFIG_FILE: join(folder, 'config/config.yaml'),
    AWS_ENDPOINT_URL_STS: JSON.parse(ready).sts,
    AWS_OIDC_INTERACTIVE: 'always',
    AWS_OIDC_BROWSER: sandboxBin,
  }
}
