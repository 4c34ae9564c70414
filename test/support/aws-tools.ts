import {spawn} from 'node:child_process'
import {appendFile, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {text} from 'node:stream/consumers'
import {bin, type Ending} from './home.ts'
import {root} from './sandbox.ts'
import {type Scene, useScene} from './scene.ts'

type Variables = Readonly<Record<string, string>>

/** The tools of AWS on the machine of a scene, with profiles that call aws-oidc. */
export interface AwsTools extends Scene {
  /** Runs the AWS CLI against the sandbox's STS. */
  aws(args: readonly string[], env?: Variables): Promise<Ending>
  /** Makes one call to the sandbox's STS through boto3, as test/real/call.py says. */
  boto3(call: Boto3Call, env?: Variables): Promise<Ending>
}

export interface Boto3Call {
  readonly method: string
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly profile?: string
}

/** What the AWS tools are told to run. */
export const awsOidcCommand = `"${process.execPath}" "${bin}"`

// .ci/install puts them there.
const programs = join(root, '.cache/python/bin')
const callScript = join(root, 'test/real/call.py')
const limitMs = 120_000

export function useAwsTools(): AwsTools {
  // Registered before the end of the scene: a run of aws-oidc notes the secrets that are then searched for.
  afterEach(() => scene.home.run(['cache', 'info']))
  const scene = useScene()
  const awsConfig = () => join(scene.home.folder, 'aws-config')
  beforeEach(() => writeFile(awsConfig(), ['developer', 'admin'].map(profileSection).join('\n')))

  /** With an environment of its own, which knows nothing of the machine's. */
  async function run(program: string, args: readonly string[], env: Variables): Promise<Ending> {
    const ending = await endingOf(join(programs, program), args, {
      PATH: dirname(process.execPath),
      HOME: scene.home.folder,
      AWS_CONFIG_FILE: awsConfig(),
      AWS_ENDPOINT_URL_STS: scene.sandbox.sts,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_MAX_ATTEMPTS: '1',
      SANDBOX_USER: 'alice',
      // A person with a desktop, where the program configured as browser is started.
      DISPLAY: ':99',
      ...env,
    })
    const isSecret = ending.stdout.includes('"SecretAccessKey"')
    await appendFile(join(scene.home.folder, 'said'), isSecret ? ending.stderr : ending.stdout + ending.stderr)
    return ending
  }

  return {
    get sandbox() {
      return scene.sandbox
    },
    get home() {
      return scene.home
    },
    aws(args, env = {}) {
      return run('aws', [...args, '--endpoint-url', env.AWS_ENDPOINT_URL_STS ?? scene.sandbox.sts], env)
    },
    boto3({method, parameters = {}, profile}, env = {}) {
      return run('python', [callScript, method, JSON.stringify(parameters), ...(profile ? [profile] : [])], env)
    },
  }
}

async function endingOf(program: string, args: readonly string[], env: Variables): Promise<Ending> {
  // A session of its own has no terminal: all that a person sees comes through the tool.
  const limit = AbortSignal.timeout(limitMs)
  const child = spawn(program, args, {env, stdio: ['ignore', 'pipe', 'pipe'], detached: true, signal: limit})
  const ended = new Promise<Pick<Ending, 'exitCode' | 'signal'>>((resolve, reject) => {
    child.once('error', reject).once('close', (exitCode, signal) => resolve({exitCode, signal}))
  })
  const [stdout, stderr, how] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return {...how, stdout, stderr}
}

function profileSection(profile: string): string {
  return `[profile ${profile}]\nregion = us-east-1\ncredential_process = ${awsOidcCommand} creds --profile ${profile}\n`
}
