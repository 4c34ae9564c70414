import {execFile, spawn} from 'node:child_process'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {type Boto3Call, boto3Command, installed, type Variables} from './aws-tools.ts'
import {freePort} from './ports.ts'
import {until} from './until.ts'

/**
 * A third-party emulator of AWS. Its STS evaluates the trust policies of its IAM, but verifies no signatures of tokens.
 */
export interface Ministack {
  readonly url: string
  /** Points AWS tools, and aws-oidc, to the emulator. */
  readonly env: Variables
  /** Makes a call as root of its account. */
  asRoot(call: Boto3Call): Promise<void>
  stop(): Promise<void>
}

/** Who may assume a role: the holder of a token from this issuer for this audience, or of another role. */
export type Trust = {readonly issuer: string; readonly audience: string} | {readonly role: string}

const account = '000000000000'

export const ministackRole = (name: string) => `arn:aws:iam::${account}:role/${name}`

export async function startMinistack(): Promise<Ministack> {
  const folder = await mkdtemp(join(tmpdir(), 'aws-oidc-ministack-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(installed('ministack/bin/ministack'), {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TMPDIR: folder,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      AUTH: 'true',
    },
    stdio: 'ignore',
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  let gone = false
  ended.then(() => {
    gone = true
  })
  await until('ministack is ready', async () => {
    if (gone) throw new Error('ministack ended')
    return fetch(`${url}/_ministack/health`).then(
      ({ok}) => ok,
      () => false,
    )
  })
  const env = {AWS_ENDPOINT_URL: url, AWS_ENDPOINT_URL_STS: url}
  return {
    url,
    env,
    async asRoot(call) {
      const [program, ...args] = boto3Command(call)
      const keys = {AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test'}
      await promisify(execFile)(program, args, {env: {PATH: process.env.PATH, HOME: folder, ...env, ...keys}})
    },
    async stop() {
      child.kill('SIGTERM')
      await ended
      await rm(folder, {recursive: true, force: true})
    },
  }
}

export async function makeRole(ministack: Ministack, name: string, trust: Trust): Promise<void> {
  const policy = {Version: '2012-10-17', Statement: [{Effect: 'Allow', ...statement(trust)}]}
  await ministack.asRoot({
    service: 'iam',
    method: 'create_role',
    parameters: {RoleName: name, AssumeRolePolicyDocument: JSON.stringify(policy)},
  })
}

/** Lets the role perform this action, and nothing else. */
export async function allow(
  ministack: Ministack,
  role: string,
  action: string,
  resources: readonly string[],
): Promise<void> {
  const policy = {Version: '2012-10-17', Statement: [{Effect: 'Allow', Action: action, Resource: resources}]}
  const parameters = {RoleName: role, PolicyName: 'allowed', PolicyDocument: JSON.stringify(policy)}
  await ministack.asRoot({service: 'iam', method: 'put_role_policy', parameters})
}

function statement(trust: Trust): object {
  if ('role' in trust) return {Action: 'sts:AssumeRole', Principal: {AWS: ministackRole(trust.role)}}
  const provider = trust.issuer.replace(/^https?:\/\//, '')
  return {
    Action: 'sts:AssumeRoleWithWebIdentity',
    Principal: {Federated: `arn:aws:iam::${account}:oidc-provider/${provider}`},
    Condition: {StringEquals: {[`${provider}:aud`]: trust.audience}},
  }
}
