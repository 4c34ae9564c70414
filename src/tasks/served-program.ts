import {randomBytes} from 'node:crypto'
import {serveCredentials} from '../aws/container-server.ts'
import {type ChildSetting, environmentServedBy} from '../formats/child-environment.ts'
import type {ForegroundEnding} from '../outside/foreground.ts'
import type {Command} from '../outside/program-start.ts'
import type {CredentialsWish} from './credentials.ts'
import type {Issued} from './issued.ts'
import type {Parts} from './parts.ts'
import {renewing} from './renewing.ts'

export interface ServedProgram {
  readonly command: Command
  readonly setting: ChildSetting
  /** Whether it is to see the person's own files of the AWS tools, whose static keys would win over the endpoint. */
  readonly keepAwsFiles: boolean
}

/** Runs a program beside an endpoint that gives it credentials as long as it lives. */
export async function runServed(
  {command, setting, keepAwsFiles}: ServedProgram,
  issued: Issued,
  wish: CredentialsWish,
  parts: Parts,
): Promise<ForegroundEnding> {
  const credentials = renewing(issued, wish, parts)
  const name = randomBytes(8).toString('hex')
  const files = keepAwsFiles ? undefined : await parts.makeAwsFiles(name, fileFor(setting, parts))
  const ended = new AbortController()
  const server = await serveCredentials(credentials.current)
  parts.secrets.add(server.token)
  const fresh = credentials.keepFresh(ended.signal)
  try {
    return await parts.runInForeground(command, environmentServedBy(server, files?.variables, setting, parts.env))
  } finally {
    ended.abort()
    await Promise.all([server.close(), fresh, files?.remove()])
  }
}

/** The `config` of the AWS tools. */
function fileFor({region, profile}: ChildSetting, {configuration}: Parts): string {
  const output = configuration.profiles[profile]?.output
  const lines = Object.entries({region, output}).map(([key, value]) =>
    value === undefined ? '' : `${key} = ${value}\n`,
  )
  return `[default]\n${lines.join('')}`
}
