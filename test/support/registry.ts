import {type ChildProcess, execFile, spawn} from 'node:child_process'
import {createHash} from 'node:crypto'
import {existsSync} from 'node:fs'
import {cp, mkdir, mkdtemp, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {freePort} from './ports.ts'
import {root} from './sandbox.ts'
import {until} from './until.ts'
import {writePackage} from './written-package.ts'

type Written = [manifest: Readonly<Record<string, unknown>>, files?: Readonly<Record<string, string>>]

/** A test's own npm registry (verdaccio). */
export interface TestRegistry {
  readonly url: string
  /** Variables for npm: this registry, and none of the user's npm configuration. */
  readonly env: Readonly<Record<string, string>>
  /** Packs a folder as for publishing, and returns the path of the tarball. */
  pack(folder: string): Promise<string>
  /** Packs a folder and publishes the tarball. */
  publish(folder: string): Promise<void>
  /** Writes a package into a folder that goes with the registry, and returns that. */
  source(...written: Written): Promise<string>
  /** Records a publisher for each version of a package, as npm's own registry does. */
  notePublisher(name: string, user: object): Promise<void>
  npm(args: readonly string[], folder: string): Promise<string>
  stop(): Promise<void>
}

const run = promisify(execFile)
const npmProgram = join(root, 'node_modules/npm/bin/npm-cli.js')

/**
 * Starts a registry that holds what the test publishes. With `proxied` it also serves packages from npm's configured
 * registry, which only tests that install third-party packages need.
 */
export async function startRegistry({proxied = false} = {}): Promise<TestRegistry> {
  const program = join(await verdaccio(), 'node_modules/verdaccio/bin/verdaccio')
  const folder = await mkdtemp(join(tmpdir(), 'aws-oidc-registry-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  await writeFile(
    join(folder, 'config.yaml'),
    `
storage: ./storage
auth: {htpasswd: {file: ./htpasswd, max_users: -1}}
packages:
  'aws-oidc*': {access: $all, publish: $anonymous, unpublish: $anonymous}
  '**': {access: $all${proxied ? ', proxy: above' : ''}}
${proxied ? await registryAbove() : ''}log: {type: stdout, format: pretty, level: fatal}
`,
  )
  await writeFile(join(folder, 'npmrc'), '')
  const args = [program, '-l', `127.0.0.1:${port}`, '-c', join(folder, 'config.yaml')]
  const child = spawn(process.execPath, args, {cwd: folder, stdio: 'ignore'})
  const answers = () =>
    fetch(`${url}-/ping`).then(
      ({ok}) => ok,
      () => false,
    )
  await until('the registry answers', answers).catch(error => {
    child.kill()
    throw error
  })

  const env = {
    npm_config_userconfig: join(folder, 'npmrc'),
    npm_config_cache: join(folder, 'npm-cache'),
    npm_config_prefer_online: 'true',
    npm_config_fetch_retries: '5',
    npm_config_fetch_timeout: '120000',
    AWS_OIDC_NPM_REGISTRY: url,
  }
  async function npm(args: readonly string[], cwd: string): Promise<string> {
    const all = [npmProgram, ...args, '--registry', url, '--no-audit', '--no-fund', '--loglevel=error']
    return (await run(process.execPath, all, {cwd, env: {...process.env, ...env}})).stdout
  }

  async function pack(source: string): Promise<string> {
    const into = await mkdtemp(join(folder, 'packed-'))
    const [packed] = JSON.parse(await npm(['pack', '--json', '--pack-destination', into], source))
    return join(into, packed.filename)
  }

  return {
    url,
    env,
    npm,
    pack,
    source: async (...written) => writePackage(await mkdtemp(join(folder, 'source-')), ...written),
    async publish(source) {
      // npm requires a token; the registry doesn't.
      await npm(['publish', await pack(source), `--//127.0.0.1:${port}/:_authToken=none`], folder)
    },
    async notePublisher(name, user) {
      const path = join(folder, 'storage', name, 'package.json')
      const document = JSON.parse(await readFile(path, 'utf8'))
      for (const version of Object.values<object>(document.versions)) Object.assign(version, {_npmUser: user})
      await writeFile(path, JSON.stringify(document))
    },
    async stop() {
      await ended(child)
      await rm(folder, {recursive: true, force: true})
    },
  }
}

/**
 * By default, verdaccio gives up on an uplink for five minutes after two slow answers, which are common on a busy
 * machine.
 */
async function registryAbove(): Promise<string> {
  const {stdout: url} = await run(process.execPath, [npmProgram, 'config', 'get', 'registry'], {cwd: root})
  return `uplinks: {above: {url: ${JSON.stringify(url.trim())}, timeout: 120s, max_fails: 1000, fail_timeout: 1s}}
`
}

function ended(child: ChildProcess): Promise<unknown> {
  const exit = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGTERM')
  return exit
}

/** Verdaccio's folder under .cache, installed by the first test that needs it: too heavy for a dependency. */
async function verdaccio(): Promise<string> {
  const source = join(root, 'test/support/verdaccio')
  const lock = await readFile(join(source, 'package-lock.json'))
  const folder = join(root, '.cache', `verdaccio-${createHash('sha256').update(lock).digest('hex').slice(0, 12)}`)
  if (existsSync(folder)) return folder
  await mkdir(join(root, '.cache'), {recursive: true})
  // Two test files may do this at the same time: each makes its own folder, and the first to finish wins.
  const own = await mkdtemp(join(root, '.cache/verdaccio-new-'))
  await cp(source, own, {recursive: true})
  await run(process.execPath, [npmProgram, 'ci', '--ignore-scripts', '--loglevel=error'], {cwd: own}).catch(
    async ({stderr}) => {
      await rm(own, {recursive: true, force: true})
      throw new Error(`npm could not install the registry of the tests, verdaccio:\n${stderr}`)
    },
  )
  await rename(own, folder).catch(() => rm(own, {recursive: true, force: true}))
  return folder
}
