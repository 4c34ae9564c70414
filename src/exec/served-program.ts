import {serveCredentials} from '../aws/container-server.ts'
import type {CredentialsRequest} from '../credentials/credentials.ts'
import type {AwsFiles, CredentialsDependencies, Dependencies, Programs} from '../credentials/dependencies.ts'
import type {Issued} from '../credentials/issued.ts'
import {type ChildSetting, environmentServedBy} from '../formats/child-environment.ts'
import type {ForegroundEnding} from '../outside/processes/foreground.ts'
import type {Command} from '../outside/processes/program-start.ts'
import {renewing} from './renewing.ts'

export interface ServedProgram {
  readonly command: Command
  readonly setting: ChildSetting
  /** The files it sees instead of the user's own, whose static keys would win over the endpoint. */
  readonly awsFiles: AwsFiles | undefined
}

/** Runs a program, with an endpoint that serves it credentials as long as it runs. */
export async function runServed(
  {command, setting, awsFiles}: ServedProgram,
  issued: Issued,
  request: CredentialsRequest,
  deps: CredentialsDependencies & Programs,
): Promise<ForegroundEnding> {
  const credentials = renewing(issued, request, deps)
  await awsFiles?.write(fileFor(setting, deps))
  const ended = new AbortController()
  const server = await serveCredentials(credentials.current)
  deps.secrets.add(server.token)
  const fresh = credentials.keepFresh(ended.signal)
  try {
    return await deps.runInForeground(command, environmentServedBy(server, awsFiles?.variables, setting, deps.env))
  } finally {
    ended.abort()
    await Promise.all([server.close(), fresh])
  }
}

/** The program's own `config` of the AWS tools. */
function fileFor({region, profile}: ChildSetting, {configuration}: Pick<Dependencies, 'configuration'>): string {
  const output = configuration.profiles[profile]?.output
  const lines = Object.entries({region, output}).map(([key, value]) =>
    value === undefined ? '' : `${key} = ${value}\n`,
  )
  return `[default]\n${lines.join('')}`
}
