import {type ChildProcess, spawn} from 'node:child_process'
import {appendFile, chmod, readFile, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {text} from 'node:stream/consumers'
import {bin, type Ending} from './home.ts'
import {root} from './sandbox.ts'
import {type Scene, useScene} from './scene.ts'

export type Variables = Readonly<Record<string, string>>

/** The AWS tools on the machine of a scene, with profiles that call aws-oidc. */
export interface AwsTools extends Scene {
  /** Starts a program with an environment of its own, not the machine's. */
  start(program: string, args: readonly string[], env?: Variables): Started
  /** Makes one call of an AWS service through boto3. */
  boto3(call: Boto3Call, env?: Variables): Promise<Ending>
  /** One entry for each time that a tool started aws-oidc. */
  starts(): Promise<readonly Start[]>
  /** Leaves each sign-in waiting for the user: the browser only records the address. */
  leaveSignInsAlone(): Promise<void>
  /** The addresses that were opened since `leaveSignInsAlone`. */
  opened(): Promise<readonly URL[]>
}

export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ending>
  /** Sends a signal to the program alone, or also to all that it has started, as Ctrl-C does. */
  signal(name: NodeJS.Signals, whom: 'all' | 'it alone'): void
}

/** The process of aws-oidc, and the one that started it. */
export interface Start {
  readonly pid: number
  readonly parent: number
}

export interface Boto3Call {
  readonly service?: string
  readonly method: string
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly profile?: string
}

/** The command that the AWS tools run. */
export const awsOidcCommand = `"${process.execPath}" "${bin}"`

/** A path below .cache, where .ci/install puts programs. */
export const installed = (...path: readonly string[]) => join(root, '.cache', ...path)

const limitMilliseconds = 120_000

/** One call through boto3, made by test/real/call.py. */
export function boto3Command({service = 'sts', method, parameters = {}, profile}: Boto3Call) {
  const script = join(root, 'test/real/call.py')
  const call = [script, service, method, JSON.stringify(parameters), ...(profile ? [profile] : [])]
  return [installed('python/bin/python'), ...call] as const
}

export function useAwsTools(): AwsTools {
  const begun: Started[] = []
  // Runs before the scene ends, so that nobody writes into its home any more. The run of aws-oidc records the secrets
  // that the scene's end then searches for.
  afterEach(async () => {
    for (const {signal} of begun.splice(0)) signal('SIGKILL', 'all')
    await scene.home.run(['cache', 'info'])
  })
  const scene = useScene()
  const inHome = (name: string) => join(scene.home.folder, name)
  beforeEach(async () => {
    const counted = inHome('aws-oidc')
    await writeFile(counted, `#!/bin/sh\necho "$$ $PPID" >>"$HOME/starts"\nexec ${awsOidcCommand} "$@"\n`)
    await chmod(counted, 0o700)
    await writeFile(inHome('aws-config'), awsConfig(`"${counted}"`))
  })

  function start(program: string, args: readonly string[], env: Variables = {}): Started {
    // A session of its own has no terminal: the user sees only what the tool shows.
    const child = spawn(program, args, {
      env: {
        PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
        HOME: scene.home.folder,
        AWS_CONFIG_FILE: inHome('aws-config'),
        AWS_ENDPOINT_URL: scene.sandbox.sts,
        AWS_ENDPOINT_URL_STS: scene.sandbox.sts,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_MAX_ATTEMPTS: '1',
        SANDBOX_USER: 'alice',
        // A user with a desktop, where the configured browser is started.
        DISPLAY: ':99',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const started: Started = {
      child,
      ended: endingOf(child).then(async ending => {
        const isSecret = ending.stdout.includes('"SecretAccessKey"')
        await appendFile(inHome('said'), isSecret ? ending.stderr : ending.stdout + ending.stderr)
        return ending
      }),
      signal(name, whom) {
        if (child.pid !== undefined) send(whom === 'all' ? -child.pid : child.pid, name)
      },
    }
    begun.push(started)
    const limit = setTimeout(() => started.signal('SIGKILL', 'all'), limitMilliseconds)
    child.once('close', () => clearTimeout(limit))
    return started
  }

  const linesOf = async (name: string) =>
    (await readFile(inHome(name), 'utf8').catch(() => '')).split('\n').filter(line => line !== '')

  return {
    get sandbox() {
      return scene.sandbox
    },
    get home() {
      return scene.home
    },
    start,
    boto3(call, env) {
      const [program, ...args] = boto3Command(call)
      return start(program, args, env).ended
    },
    async starts() {
      return (await linesOf('starts')).map(line => {
        const [pid, parent] = line.split(' ').map(Number)
        return {pid: pid ?? 0, parent: parent ?? 0}
      })
    },
    leaveSignInsAlone: () =>
      scene.home.configure({top: {browser: ['/bin/sh', '-c', `echo "$0" >>'${inHome('opened')}'`]}}),
    opened: async () => (await linesOf('opened')).map(line => new URL(line)),
  }
}

/** The profiles `developer` and `admin`, both from aws-oidc, and `switched`: admin by the tool's own role switch. */
function awsConfig(command: string): string {
  return `${['developer', 'admin'].map(profile => profileSection(profile, command)).join('\n')}
[profile switched]
region = us-east-1
source_profile = developer
role_arn = arn:aws:iam::123456789012:role/admin
role_session_name = by-the-tool
`
}

function profileSection(profile: string, command: string): string {
  return `[profile ${profile}]\nregion = us-east-1\ncredential_process = ${command} creds --profile ${profile}\n`
}

async function endingOf(child: ChildProcess): Promise<Ending> {
  const ended = new Promise<Pick<Ending, 'exitCode' | 'signal'>>((resolve, reject) => {
    child.once('error', reject).once('close', (exitCode, signal) => resolve({exitCode, signal}))
  })
  const output = [child.stdout, child.stderr].map(stream => (stream ? text(stream) : ''))
  const [how, stdout = '', stderr = ''] = await Promise.all([ended, ...output])
  return {...how, stdout, stderr}
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // The process has ended meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
