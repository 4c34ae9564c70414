// What a warm `creds` costs with a hot copy, as ratios to an empty Node process of the same version:
// `node bench/hot-copies.js [rounds]` after a build, on Linux. XDG_RUNTIME_DIR must be a folder in memory, else /dev/shm is taken.
// All kinds run in turn, so that a slow moment of the machine hits each; ratios are taken round by round. Starting a
// process from here costs as much as the launcher needs; `true` and `sh` tell how much that is.
import {spawn} from 'node:child_process'
import {appendFileSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {systemFiles} from '../dist/outside/files.js'
import {installLauncher} from '../dist/tasks/launcher.js'
import {milliseconds, print} from './figures.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const rounds = Number(process.argv[2] ?? 20)
const folder = mkdtempSync(join(tmpdir(), 'aws-oidc-bench-'))
const runtime = mkdtempSync(join(process.env.XDG_RUNTIME_DIR ?? '/dev/shm', 'aws-oidc-bench-'))
const sandboxBin = join(root, 'plugins/sandbox/bin/run.js')
const sandbox = spawn(process.execPath, [sandboxBin, 'start', '--json', '--write-config', join(folder, 'config')], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const run = join(root, 'bin/run.js')
const creds = ['creds', '--profile', 'developer']
const parallel = 'i=0; { while [ $i -lt 100 ]; do "$@" & i=$((i+1)); done; wait; } | cat >/dev/null'

try {
  const ready = await new Promise(resolve => createInterface({input: sandbox.stdout}).once('line', resolve))
  const one = environment(ready, 'config.yaml')
  const many = environment(ready, 'many.yaml')
  const {AWS_OIDC_CONFIG_FILE = ''} = many
  copyFileSync(join(folder, 'config/config.yaml'), AWS_OIDC_CONFIG_FILE)
  const more = Array.from(
    {length: 10_000},
    (_, index) => `  profile-${index}: {source: developer, role: '${role(index)}'}\n`,
  )
  // The profiles are the last part of what the sandbox has written.
  appendFileSync(AWS_OIDC_CONFIG_FILE, more.join(''))
  const launcher = await installedLauncher()
  const linked = join(folder, 'bin/aws-oidc')
  mkdirSync(dirname(linked))
  symlinkSync(run, linked)
  for (const env of [one, many]) {
    const long = new Date(Date.now() - 60_000)
    utimesSync(env.AWS_OIDC_CONFIG_FILE ?? '', long, long)
    // The first signs in; a copy is made by whichever comes when all files are old enough.
    for (let call = 0; call < 2; call++) milliseconds([process.execPath, run, ...creds, '--browser'], env)
  }

  /** @type {Record<string, () => number>} */
  const kinds = {
    empty: () => milliseconds([process.execPath, '-e', '0'], one),
    true: () => milliseconds(['/bin/true'], one),
    sh: () => milliseconds(['/bin/sh', '-c', ':'], one),
    launcher: () => milliseconds([launcher, ...creds], one),
    lane: () => milliseconds([process.execPath, run, ...creds], one),
    'by symlink and env': () => milliseconds([linked, ...creds], one),
    'no copy': () => milliseconds([process.execPath, run, ...creds], {...one, XDG_RUNTIME_DIR: ''}),
    'launcher, 10,000 profiles': () => milliseconds([launcher, ...creds], many),
    'lane, 10,000 profiles': () => milliseconds([process.execPath, run, ...creds], many),
  }
  report(`${rounds} rounds`, kinds, rounds)
  /** @type {Record<string, () => number>} */
  const hundred = {
    empty: () => milliseconds(['/bin/sh', '-c', parallel, 'sh', process.execPath, '-e', '0'], one),
    launcher: () => milliseconds(['/bin/sh', '-c', parallel, 'sh', launcher, ...creds], one),
    lane: () => milliseconds(['/bin/sh', '-c', parallel, 'sh', process.execPath, run, ...creds], one),
  }
  report(`100 at once, ${Math.ceil(rounds / 4)} rounds`, hundred, Math.ceil(rounds / 4))
} finally {
  sandbox.kill()
  for (const made of [folder, runtime]) rmSync(made, {recursive: true, force: true})
}

/**
 * @param {string} title
 * @param {Record<string, () => number>} kinds `empty` is what the others are compared with
 * @param {number} count
 */
function report(title, kinds, count) {
  /** @type {Record<string, number>[]} */
  const figures = []
  for (let round = 0; round < count; round++) {
    figures.push(Object.fromEntries(Object.entries(kinds).map(([kind, measure]) => [kind, measure()])))
  }
  process.stdout.write(`${title}: milliseconds (least, median, most), and ratio to an empty Node process\n`)
  print(figures, 26, 2)
}

/** @param {number} index */
function role(index) {
  return `arn:aws:iam::123456789012:role/role-${index}`
}

async function installedLauncher() {
  const log = {debug: () => undefined, info: () => undefined, warn: () => undefined}
  const parts = {platform: process.platform, dataFolder: join(folder, 'data'), files: systemFiles, log}
  const launcher = await installLauncher([process.execPath, run], parts)
  if (launcher === undefined) throw new Error('There is no launcher here.')
  return launcher
}

/**
 * @param {string} ready what the sandbox says of itself
 * @param {string} config
 * @returns {NodeJS.ProcessEnv}
 */
function environment(ready, config) {
  return {
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    XDG_RUNTIME_DIR: join(runtime),
    HOME: folder,
    AWS_OIDC_CACHE: 'file',
    AWS_OIDC_CONFIG_FILE: join(folder, 'config', config),
    // Each its own copy of the profile.
    AWS_REGION: config === 'many.yaml' ? 'eu-west-1' : 'us-east-1',
    AWS_ENDPOINT_URL_STS: JSON.parse(ready).sts,
    AWS_OIDC_INTERACTIVE: 'always',
    AWS_OIDC_BROWSER: sandboxBin,
  }
}
