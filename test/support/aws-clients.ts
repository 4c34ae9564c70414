import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {type AwsTools, installed, type Started, type Variables} from './aws-tools.ts'
import type {Ending} from './home.ts'
import {root} from './sandbox.ts'

/** A request for a client to make: its caller identity, as a profile of the AWS configuration. */
export interface Question {
  readonly profile: string
  /** Calls on one client, in sequence. */
  readonly calls?: number
  /** Clients in parallel, each with credentials of its own. */
  readonly atOnce?: number
  readonly env?: Variables
}

export interface Answers {
  /** The ARN that AWS returned for each call. */
  readonly arns: readonly string[]
  /** What the client reported instead, to the program or the user. */
  readonly errors: readonly string[]
  /** 0, or the exit code of the first run that failed. */
  readonly exitCode: number | null
  /** What a user who runs the program sees on the terminal. */
  readonly stderr: string
}

export interface AwsClient {
  readonly name: string
  /**
   * Whether AWS_ENDPOINT_URL also sends the role switch of a profile with `source_profile` to the sandbox, not to AWS.
   */
  readonly switchesInTheSandbox: boolean
  /** Whether the variables of `ownEndpoints` do so. */
  readonly takesOwnEndpoints: boolean
  /** What users see of a refusal by aws-oidc: its text on stderr, or its exit code. */
  readonly showsRefusal: RegExp
  /** How often the client starts aws-oidc for one failing call. */
  readonly startsPerFailure: number
  start(tools: AwsTools, question: Question): readonly Started[]
  /** Interprets the results of a run that `start` has started. */
  read(endings: readonly Ending[]): Answers
}

/** A program and its arguments; for an SDK, `CALLS` and `CLIENTS` follow. */
type Command = readonly [program: string, ...args: string[]]

type Described = Pick<AwsClient, 'name' | 'switchesInTheSandbox' | 'showsRefusal'> &
  Partial<Pick<AwsClient, 'startsPerFailure' | 'takesOwnEndpoints'>>

// The output of aws-oidc: the refusal and, in the next line, the command that solves it.
const ours = '(?:.*\\n)*Error: .*refused the sign-in: access_denied.*\\nTry: aws-oidc login --profile developer'
const generic = 'Unable to load credentials from any of the providers in the chain'

export const awsClients: readonly AwsClient[] = [
  cli([installed('python/bin/aws')], {
    name: 'AWS CLI, version 1',
    switchesInTheSandbox: true,
    showsRefusal: RegExp(`Error when retrieving credentials from custom-process: ${ours}`),
  }),
  cli([installed('aws-cli-2/aws')], {
    name: 'AWS CLI, version 2',
    switchesInTheSandbox: false,
    takesOwnEndpoints: true,
    showsRefusal: RegExp(`Error when retrieving credentials from custom-process: ${ours}`),
  }),
  sdk([installed('python/bin/python'), join(root, 'test/real/clients/python/client.py')], {
    name: 'boto3',
    switchesInTheSandbox: true,
    showsRefusal: RegExp(`^CredentialRetrievalError: Error when retrieving credentials from custom-process: ${ours}`),
  }),
  sdk([process.execPath, installed('js/client.js')], {
    name: 'AWS SDK for JavaScript',
    switchesInTheSandbox: true,
    showsRefusal: /^CredentialsProviderError: Could not load credentials from any providers$/,
    // Its default chain reaches the profile in two ways.
    startsPerFailure: 2,
  }),
  sdk([installed('go/client')], {
    name: 'AWS SDK for Go',
    switchesInTheSandbox: false,
    showsRefusal: /process provider error: error in credential_process: exit status 4$/,
  }),
  sdk(['java', '-cp', `${installed('java/classes')}:${installed('java/lib')}/*`, 'Client'], {
    name: 'AWS SDK for Java',
    switchesInTheSandbox: true,
    showsRefusal: RegExp(
      `^software\\S+SdkClientException: ${generic}.*Failed to refresh process-based credentials`,
      's',
    ),
  }),
]

/** The client that gives up, here after five seconds instead of a minute. */
export const impatientClient: AwsClient = sdk(
  [installed('go/client')],
  {
    name: 'AWS SDK for Go',
    switchesInTheSandbox: false,
    showsRefusal: /process provider error: credential process timed out: signal: killed$/,
  },
  '5',
)

/** SDKs that report more to a program that names the source of its credentials. */
export const explicitClients: readonly AwsClient[] = [
  sdk(
    [process.execPath, installed('js/client.js')],
    {
      name: 'AWS SDK for JavaScript with fromIni',
      switchesInTheSandbox: true,
      showsRefusal: RegExp(`^CredentialsProviderError: Command failed: .*\\n${ours}`),
    },
    'explicit',
  ),
  sdk(
    ['java', '-cp', `${installed('java/classes')}:${installed('java/lib')}/*`, 'Client'],
    {
      name: 'AWS SDK for Java with a ProfileCredentialsProvider',
      switchesInTheSandbox: true,
      showsRefusal: RegExp(`Command returned non-zero exit value \\(4\\) with error message: ${ours}`),
    },
    'explicit',
  ),
]

/** Programs that make many calls: `CALLS` and `CLIENTS` follow. */
export const longPrograms: Readonly<Record<string, Command>> = {
  boto3: [installed('python/bin/python'), join(root, 'test/real/clients/python/client.py')],
  'the AWS SDK for JavaScript': [process.execPath, installed('js/client.js')],
  'the AWS SDK for Java': ['java', '-cp', `${installed('java/classes')}:${installed('java/lib')}/*`, 'Client'],
}

/**
 * Variables that make any client based on botocore, however old, use the sandbox as AWS STS, even for role switches.
 */
export async function ownEndpoints({home, sandbox}: AwsTools): Promise<Variables> {
  const models = join(home.folder, 'aws-models')
  const rule = {conditions: [], type: 'endpoint', endpoint: {url: sandbox.sts, properties: {}, headers: {}}}
  await mkdir(join(models, 'sts/2011-06-15'), {recursive: true})
  await writeFile(
    join(models, 'sts/2011-06-15/endpoint-rule-set-1.json'),
    JSON.stringify({version: '1.0', parameters: {}, rules: [rule]}),
  )
  return {AWS_DATA_PATH: models}
}

/** Runs a client to its end. */
export async function ask(client: AwsClient, tools: AwsTools, question: Question): Promise<Answers> {
  return client.read(await Promise.all(client.start(tools, question).map(({ended}) => ended)))
}

/** An SDK in a program of ours: all calls in one process, as in programs that use it. */
function sdk([program, ...args]: Command, described: Described, ...more: readonly string[]): AwsClient {
  return {
    startsPerFailure: 1,
    takesOwnEndpoints: false,
    ...described,
    start(tools, question) {
      const {calls = 1, atOnce = 1} = question
      return [
        tools.start(program, [...args, String(calls), String(atOnce), ...more], variablesFor(question, described)),
      ]
    },
    read([ending]) {
      if (ending === undefined) throw new Error('an SDK is one process')
      const {exitCode, signal, stdout, stderr} = ending
      expect(exitCode, `${signal} ${stderr} ${stdout}`).to.be.oneOf([0, 1])
      return {...JSON.parse(stdout), exitCode, stderr}
    },
  }
}

/** A command line: one process for each call. */
function cli([program, ...args]: Command, described: Described): AwsClient {
  return {
    startsPerFailure: 1,
    takesOwnEndpoints: false,
    ...described,
    start(tools, question) {
      // It makes one call per run; `calls` is ignored.
      const {atOnce = 1} = question
      const endpoint = question.env?.AWS_ENDPOINT_URL ?? tools.sandbox.sts
      // Version 2 in Debian 12 knows no variable for the endpoint.
      const who = [...args, 'sts', 'get-caller-identity', '--output', 'json', '--endpoint-url', endpoint]
      return Array.from({length: atOnce}, () => tools.start(program, who, variablesFor(question, described)))
    },
    read(endings) {
      const good = endings.filter(({exitCode}) => exitCode === 0)
      const bad = endings.filter(({exitCode}) => exitCode !== 0)
      return {
        arns: good.map(({stdout}) => JSON.parse(stdout).Arn),
        errors: bad.map(({stderr}) => stderr),
        exitCode: bad[0]?.exitCode ?? (bad.length === 0 ? 0 : null),
        stderr: endings.map(({stderr}) => stderr).join(''),
      }
    },
  }
}

function variablesFor({profile, env}: Question, {name, switchesInTheSandbox}: Described): Variables {
  if (profile === 'switched' && !switchesInTheSandbox) throw new Error(`${name} would ask AWS itself for that role`)
  return {AWS_PROFILE: profile, ...env}
}
