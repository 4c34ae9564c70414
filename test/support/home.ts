import {type ChildProcess, spawn} from 'node:child_process'
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {stringify} from 'yaml'
import {root, type Sandbox, sandboxBin} from './sandbox.ts'

export const bin = join(root, 'bin/run.js')

export interface Ending {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ending>
}

type Variables = Readonly<Record<string, string | undefined>>
type Settings = Readonly<Record<string, unknown>>

/** A user's machine: a home, a configuration, and a browser that signs in as alice. */
export interface Home {
  readonly folder: string
  readonly cache: string
  /** Runs aws-oidc to its end: the build of this repository, or another one. */
  run(args: readonly string[], env?: Variables, program?: string): Promise<Ending>
  /** Starts aws-oidc without waiting. */
  start(args: readonly string[], env?: Variables): Running
  /** Starts a program that starts aws-oidc. */
  startBehind(program: readonly [string, ...string[]], args: readonly string[]): Running
  /** Rewrites config.yaml: the sandbox's provider with changes, and additional profiles or top-level settings. */
  configure(changes: {
    readonly provider?: Settings
    readonly profiles?: Settings
    readonly top?: Settings
  }): Promise<void>
  writeConfig(text: string): Promise<void>
  /** The files of the cache, by name. */
  entries(): Promise<readonly string[]>
  /**
   * Fails if a secret of this run appears anywhere but in the cache or in the stdout of `creds`; else removes the home.
   */
  close(): Promise<void>
}

// A test run that ends leaves no children behind.
const living = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of living) endGroup(child)
})

/** Kills the child and what it has started: each session has one process group. */
function endGroup(child: ChildProcess): void {
  try {
    if (process.platform === 'win32' || child.pid === undefined) child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

// A shared compile cache, because each home is new. Tests of the compile cache override it.
const compiled = join(root, 'dist/compiled')

export async function makeHome(sandbox: Sandbox): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), 'aws-oidc-home-'))
  const cache = join(folder, '.cache/aws-oidc')
  const configFile = join(folder, '.config/aws-oidc/config.yaml')
  const secrets = new Set(['alice-password', 'bob-password', 'sandbox-client-secret'])
  const said: string[] = []
  const running = new Set<ChildProcess>()

  const usual: Variables = {
    PATH: process.env.PATH,
    SystemRoot: process.env.SystemRoot,
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, '.config'),
    XDG_CACHE_HOME: join(folder, '.cache'),
    XDG_DATA_HOME: join(folder, '.local/share'),
    AWS_ENDPOINT_URL_STS: sandbox.sts,
    NODE_COMPILE_CACHE: compiled,
    AWS_OIDC_INTERACTIVE: 'always',
    SANDBOX_USER: 'alice',
  }

  function start(args: readonly string[], env: Variables = {}, program = bin): Running {
    return launch([process.execPath, program, ...args], args, env)
  }

  function launch([program = '', ...rest]: readonly string[], args: readonly string[], env: Variables): Running {
    // A session of its own has no terminal, so messages for the user go to stderr, where the test reads them.
    const child = spawn(program, rest, {
      cwd: folder,
      env: {...usual, ...env},
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    })
    running.add(child)
    living.add(child)
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text
    })
    const ended = new Promise<Ending>(resolve => {
      child.once('close', async (exitCode, signal) => {
        running.delete(child)
        living.delete(child)
        noteSecrets(stdout, secrets)
        for (const text of await cached()) noteSecrets(text, secrets)
        said.push(`${args.join(' ')}: ${stderr}`)
        if (args[0] !== 'creds') said.push(stdout)
        resolve({exitCode, signal, stdout, stderr})
      })
    })
    return {child, ended}
  }

  async function cached(): Promise<string[]> {
    const names = await readdir(join(cache, 'v1')).catch(() => [])
    return Promise.all(names.map(name => readFile(join(cache, 'v1', name), 'utf8').catch(() => '')))
  }

  const home: Home = {
    folder,
    cache,
    start,
    startBehind: (program, args) => launch([...program, process.execPath, bin, ...args], args, {}),
    run: (...wanted) => start(...wanted).ended,
    async configure({provider, profiles, top}) {
      await home.writeConfig(
        stringify({
          browser: [process.execPath, sandboxBin, 'browse'],
          cache: 'file',
          ...top,
          providers: {
            sandbox: {
              strategy: 'oidc',
              issuer: sandbox.issuer,
              clientId: sandbox.clientId,
              rolesClaim: 'aws_roles',
              ...provider,
            },
          },
          profiles: {
            developer: {provider: 'sandbox', role: 'arn:aws:iam::123456789012:role/developer', region: 'us-east-1'},
            admin: {source: 'developer', role: 'arn:aws:iam::123456789012:role/admin'},
            ...profiles,
          },
        }),
      )
    },
    async writeConfig(text) {
      await mkdir(join(folder, '.config/aws-oidc'), {recursive: true, mode: 0o700})
      await writeFile(configFile, text, {mode: 0o600})
    },
    entries: () => readdir(join(cache, 'v1')).catch(() => []),
    async close() {
      for (const child of running) endGroup(child)
      const files = await otherFiles(folder, [join(cache, 'v1'), join(cache, 'compiled')])
      for (const secret of secrets) {
        for (const text of [...said, ...files]) expect(text, 'a secret got out').not.to.include(secret)
      }
      await rm(folder, {recursive: true, force: true})
    },
  }
  await home.configure({})
  return home
}

const secretMember =
  /"(?:SecretAccessKey|SessionToken|secretAccessKey|sessionToken|accessToken|refreshToken|idToken)\\?": ?\\?"([^"\\]{8,})/g

function noteSecrets(text: string, secrets: Set<string>): void {
  for (const [, secret] of text.replaceAll('\\"', '"').matchAll(secretMember)) if (secret) secrets.add(secret)
}

/** Leaves out compiled code, which contains constants such as the secret of the sandbox's client. */
async function otherFiles(folder: string, except: readonly string[]): Promise<string[]> {
  const texts: string[] = []
  for (const entry of await readdir(folder, {withFileTypes: true, recursive: true})) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || except.some(place => path.startsWith(place))) continue
    texts.push(await readFile(path, 'utf8').catch(() => ''))
  }
  return texts
}
