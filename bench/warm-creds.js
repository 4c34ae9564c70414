// What a warm `creds` costs, as a ratio to an empty Node process: `node bench/warm-creds.js [rounds]` after a build.
// The two run in turn, so that a slow moment of the machine hits both; medians of the rounds are compared pair by pair.
import {spawn, spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const rounds = Number(process.argv[2] ?? 20)
const folder = mkdtempSync(join(tmpdir(), 'aws-oidc-bench-'))
const sandboxBin = join(root, 'plugins/sandbox/bin/run.js')
const sandbox = spawn(process.execPath, [sandboxBin, 'start', '--json', '--write-config', join(folder, 'config')], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  const ready = await new Promise(resolve => createInterface({input: sandbox.stdout}).once('line', resolve))
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    AWS_OIDC_CONFIG_FILE: join(folder, 'config/config.yaml'),
    AWS_ENDPOINT_URL_STS: JSON.parse(ready).sts,
    AWS_OIDC_INTERACTIVE: 'always',
    AWS_OIDC_BROWSER: sandboxBin,
  }
  const creds = [join(root, 'bin/run.js'), 'creds', '--profile', 'developer']
  milliseconds(creds, env)
  /** @type {{empty: number, warm: number}[]} */
  const pairs = []
  for (let round = 0; round < rounds; round++)
    pairs.push({empty: milliseconds(['-e', '0'], env), warm: milliseconds(creds, env)})

  report(
    'node -e 0',
    pairs.map(({empty}) => empty),
    'ms',
  )
  report(
    'warm creds',
    pairs.map(({warm}) => warm),
    'ms',
  )
  report(
    'ratio',
    pairs.map(({empty, warm}) => warm / empty),
    '',
  )
} finally {
  sandbox.kill()
  rmSync(folder, {recursive: true, force: true})
}

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function milliseconds(args, env) {
  const start = performance.now()
  const {status, stderr} = spawnSync(process.execPath, args, {env, encoding: 'utf8'})
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - start
}

/**
 * @param {string} name
 * @param {number[]} figures
 * @param {string} unit
 */
function report(name, figures, unit) {
  const sorted = figures.toSorted((a, b) => a - b)
  const [least, median, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)].map(figure =>
    figure?.toFixed(2),
  )
  process.stdout.write(`${name.padEnd(12)} min ${least} median ${median} max ${most} ${unit}\n`)
}
