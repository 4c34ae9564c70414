import {type ChildProcess, spawn} from 'node:child_process'
import {createHash} from 'node:crypto'
import {existsSync} from 'node:fs'
import {cp, mkdir, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {DatabaseSync} from 'node:sqlite'
import {setTimeout as pause} from 'node:timers/promises'
import {installed} from './aws-tools.ts'
import {root} from './sandbox.ts'

/** A running Keycloak, from the archive that .ci/install has downloaded. */
export interface Keycloak {
  /** The address that users are given. */
  readonly url: string
  /** The address below which the realms are. */
  readonly base: string
  stop(): Promise<void>
}

export interface KeycloakOptions {
  readonly mode?: KeycloakMode
  /** Whether the realms of test/support/realms exist, or only Keycloak's own. */
  readonly realms?: 'ours' | 'none'
}

/** The administrator of each server, in the realm `master`. */
export const administrator = {name: 'admin', password: 'admin-password'} as const

const modes = {
  /** Exchanges tokens for assertions: the legacy token exchange, with its permissions. */
  usual: ['--features=token-exchange:v1,admin-fine-grained-authz:v1'],
  /** The default: only the standard token exchange. */
  'v2-only': [],
  /**
   * Without a version, the second version of the permissions is enabled, which knows no token exchange. Its realms are
   * also below /auth, as on older servers: unrelated, but a mode of its own would take another minute.
   */
  'wrong-flag': ['--features=token-exchange,admin-fine-grained-authz', '--http-relative-path=/auth'],
} as const
export type KeycloakMode = keyof typeof modes

const realmFiles = join(root, 'test/support/realms')
const archive = installed('keycloak/keycloak.tar.gz')

/**
 * Starts a Keycloak with freshly imported realms, whatever happened to them before. Only one of each mode runs at a
 * time: a second caller waits until the first one has stopped.
 * The first start of a mode builds the server, which takes a minute. Later ones take seconds, from a copy of the
 * database that was made just after the import.
 */
export async function startKeycloak({mode = 'usual', realms = 'ours'}: KeycloakOptions = {}): Promise<Keycloak> {
  const release = await claim(mode)
  try {
    const {stop, ...keycloak} = await start(mode, realms)
    return {...keycloak, stop: () => stop().finally(release)}
  } catch (error) {
    release()
    throw error
  }
}

/** A lock between processes, released when its holder ends: test files run in parallel. */
async function claim(mode: KeycloakMode): Promise<() => void> {
  const database = new DatabaseSync(installed(`keycloak/${mode}.lock`))
  for (;;) {
    try {
      database.exec('BEGIN EXCLUSIVE')
      return () => database.close()
    } catch (error) {
      if (!String(error).includes('database is locked')) throw error
      await pause(500)
    }
  }
}

async function start(mode: KeycloakMode, realms: 'ours' | 'none'): Promise<Keycloak> {
  const folder = installed('keycloak', mode)
  await unpack(mode, folder)
  const [database, kept] = [join(folder, 'data/h2'), join(folder, 'kept', realms)]
  await rm(database, {recursive: true, force: true})
  if (!existsSync(kept)) {
    const first = await run(mode, folder, realms === 'ours' ? ['--import-realm'] : [])
    await first.stop()
    await cp(database, `${kept}.new`, {recursive: true})
    await rename(`${kept}.new`, kept)
  }
  await cp(kept, database, {recursive: true})
  return run(mode, folder)
}

async function unpack(mode: KeycloakMode, folder: string): Promise<void> {
  const [made, from] = [join(folder, 'made-from'), await fingerprint(mode)]
  if ((await readFile(made, 'utf8').catch(() => '')) === from) return
  await rm(folder, {recursive: true, force: true})
  await mkdir(join(folder, 'kept'), {recursive: true})
  await ended(spawn('tar', ['xzf', archive, '-C', folder, '--strip-components=1'], {stdio: 'inherit'}))
  await cp(realmFiles, join(folder, 'data/import'), {recursive: true})
  await writeFile(made, from)
}

async function run(mode: KeycloakMode, folder: string, more: readonly string[] = []): Promise<Keycloak> {
  const options = ['start-dev', '--db=dev-file', '--http-host=127.0.0.1', '--http-port=0']
  // A group of its own: kc.sh starts the server as a child, which would survive if only the script were killed.
  const child = spawn(
    join(folder, 'bin/kc.sh'),
    [...options, '--log-level=warn,io.quarkus:info', ...modes[mode], ...more],
    {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        ...(process.env.JAVA_HOME && {JAVA_HOME: process.env.JAVA_HOME}),
        // The server is started often and does little.
        JAVA_OPTS_APPEND: '-XX:TieredStopAtLevel=1',
        KC_BOOTSTRAP_ADMIN_USERNAME: administrator.name,
        KC_BOOTSTRAP_ADMIN_PASSWORD: administrator.password,
      },
    },
  )
  const over = ended(child)
  const killed = () => void killGroup(child, 'SIGKILL')
  process.once('exit', killed)
  const url = await address(child)
  return {
    url,
    base: mode === 'wrong-flag' ? `${url}/auth` : url,
    async stop() {
      process.off('exit', killed)
      killGroup(child, 'SIGTERM')
      await over
    },
  }
}

/** The address that the server listens on, once it has imported its realms. */
function address(child: ChildProcess): Promise<string> {
  const said: string[] = []
  return new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`Keycloak ended with ${code}: ${said.join('\n')}`)))
    if (!child.stdout) return reject(new Error('no stdout'))
    createInterface({input: child.stdout}).on('line', line => {
      said.push(line)
      const [, url] = /Listening on: (http:\/\/127\.0\.0\.1:\d+)/.exec(line) ?? []
      if (url) resolve(url)
    })
    return undefined
  })
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve())
  })
}

function killGroup({pid}: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // The group has ended by itself.
  }
}

async function fingerprint(mode: KeycloakMode): Promise<string> {
  const {size, mtimeMs} = await stat(archive)
  const hash = createHash('sha256').update(JSON.stringify([size, mtimeMs, modes[mode]]))
  for (const name of (await readdir(realmFiles)).sort()) hash.update(await readFile(join(realmFiles, name)))
  return hash.digest('hex')
}
