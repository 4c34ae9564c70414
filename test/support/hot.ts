import {spawn} from 'node:child_process'
import {mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {installLauncher} from '../../src/fast-path/launcher.ts'
import {systemFiles} from '../../src/outside/files/files.ts'
import {type Ending, type Home, makeHome} from './home.ts'
import {type Installation, installWithout} from './installation.ts'
import {variablesOf} from './machine.ts'
import {type Sandbox, startSandbox} from './sandbox.ts'

/**
 * The code that prints credentials without the whole program. `node` is the lane in bin/run.js. `pointer` is the lane
 * in src/fast-path/lane/, which reads a pointer where there is no folder in memory for a hot copy. Anything else is a
 * shell that runs the launcher.
 */
export type Reader = readonly ['node'] | readonly ['pointer'] | readonly [shell: string, ...options: string[]]

export interface Call {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  /** A shell line in which `"$@"` is the call. */
  readonly around?: string
}

/**
 * A machine with a hot copy, or a pointer, for the profile `developer`. The document is marked, to show who printed it.
 */
export interface HotScene {
  readonly home: Home
  readonly sandbox: Sandbox
  readonly installation: Installation
  /** XDG_RUNTIME_DIR; empty where there is none. */
  readonly runtime: string
  readonly folder: string
  readonly copy: string
  readonly launcher: string
  readonly config: string
  /** Calls the reader under test. */
  call(call?: Call): Promise<Ending>
  /** Calls the whole program, which makes copies but reads none. */
  callWhole(args?: readonly string[], env?: Call['env']): Promise<Ending>
  /** Changes the copy and restores its modification time. */
  rewrite(change: (text: string) => string): Promise<void>
  /** Marks the copy, so that `isHit` recognizes it. */
  markCopy(): Promise<void>
  /** Makes files and their folders old enough for a copy to be made. */
  settle(...paths: readonly string[]): Promise<void>
}

const mark = 'PRINTED FROM THE COPY'
const [unmarked, marked] = ['"AccountId":"123456789012"', `"AccountId":"${mark}"`]
const creds = ['creds', '--profile', 'developer']

export function isHit({stdout}: Ending): boolean {
  return stdout.includes(mark)
}

/** A folder in memory that is ours. */
export const makeRuntimeFolder = () => mkdtemp('/dev/shm/aws-oidc-test-')

export function useHotScene(reader: Reader): HotScene {
  const isPointer = reader[0] === 'pointer'
  let all: Pick<HotScene, 'home' | 'sandbox' | 'installation' | 'runtime' | 'launcher'> | undefined
  const there = () => {
    if (!all) throw new Error('the scene is there from the first test on')
    return all
  }
  const scene: HotScene = {
    get home() {
      return there().home
    },
    get sandbox() {
      return there().sandbox
    },
    get installation() {
      return there().installation
    },
    get runtime() {
      return there().runtime
    },
    get launcher() {
      return there().launcher
    },
    get folder() {
      const {home, runtime} = there()
      return isPointer ? join(home.cache, 'warm') : join(runtime, 'aws-oidc')
    },
    get copy() {
      return join(scene.folder, isPointer ? 'developer,' : 'developer:')
    },
    get config() {
      return join(there().home.folder, '.config/aws-oidc/config.yaml')
    },
    call: ({args = creds, env, around} = {}) => {
      const {home, sandbox, installation, runtime, launcher} = there()
      const program =
        reader[0] === 'node' || isPointer ? [process.execPath, installation.program] : [...reader, launcher]
      const words = [...(around === undefined ? [] : ['sh', '-c', around, 'sh']), ...program, ...args]
      return ending(words, {...variablesOf(home, sandbox), XDG_RUNTIME_DIR: runtime, ...env}, home.folder)
    },
    callWhole: (args = [...creds, '--debug'], env) => {
      const {home, installation, runtime} = there()
      return home.run(args, {XDG_RUNTIME_DIR: runtime, ...env}, installation.program)
    },
    async rewrite(change) {
      const {mtime} = await stat(scene.copy)
      await writeFile(scene.copy, change(await readFile(scene.copy, 'utf8')))
      await utimes(scene.copy, mtime, mtime)
    },
    markCopy: async () => (isPointer ? undefined : scene.rewrite(text => text.replace(unmarked, marked))),
    async settle(...paths) {
      const before = new Date(Date.now() - 60_000)
      for (const path of paths.flatMap(path => [path, dirname(path)])) await utimes(path, before, before)
    },
  }

  before(async function () {
    if (process.platform !== 'linux') return this.skip()
    const sandbox = await startSandbox()
    const home = await makeHome(sandbox)
    const installation = await installWithout('@napi-rs')
    const runtime = isPointer ? '' : await makeRuntimeFolder()
    if (isPointer) await markLane(installation)
    const dataFolder = join(home.folder, '.local/share/aws-oidc')
    const log = {debug: () => undefined, info: () => undefined, warn: () => undefined}
    const deps = {platform: process.platform, dataFolder, files: systemFiles, log}
    const launcher = await installLauncher([await nodeWithoutLane(home.folder), installation.program], deps)
    all = {home, sandbox, installation, runtime, launcher: launcher ?? ''}
  })
  beforeEach(async () => {
    await rm(scene.folder, {recursive: true, force: true})
    await scene.home.configure({})
    const {folder} = there().installation
    await scene.settle(scene.config, join(folder, 'package.json'))
    const {exitCode, stderr} = await scene.callWhole()
    const made = await readdir(scene.folder).catch((): string[] => [])
    if (!made.includes(basename(scene.copy))) throw new Error(`no copy was made, exit ${exitCode}: ${stderr}`)
    await scene.markCopy()
  })
  after(async () => {
    if (!all) return
    await all.home.close()
    await all.sandbox.stop()
    await all.installation.remove()
    if (!isPointer) await rm(all.runtime, {recursive: true, force: true})
  })
  return scene
}

/** Marks the lane's output. The entry itself can't be marked: the whole program would print the mark as well. */
async function markLane({folder}: Installation): Promise<void> {
  const lane = join(folder, 'dist/bundle/lane-file.cjs')
  await rename(lane, `${lane}.real.cjs`)
  await writeFile(
    lane,
    `const {documentFrom: real} = require('./lane-file.cjs.real.cjs')
     exports.documentFrom = async (...given) => (await real(...given))?.replace('${unmarked}', '${marked}')`,
  )
}

/**
 * A Node for the launcher that adds an argument, so that bin/run.js's own lane can't answer what the launcher didn't.
 */
async function nodeWithoutLane(folder: string): Promise<string> {
  const path = join(folder, 'node')
  const code = `#!/bin/sh\nscript=$1\nshift\nexec '${process.execPath}' "$script" "$@" --browser\n`
  await writeFile(path, code, {mode: 0o700})
  return path
}

function ending([program = '', ...args]: readonly string[], env: Call['env'] = {}, cwd: string): Promise<Ending> {
  const child = spawn(program, args, {cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true})
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => resolve({exitCode, signal, stdout, stderr}))
  })
}
