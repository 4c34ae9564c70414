import {once} from 'node:events'
import {type SandboxAddresses, startSandbox} from './sandbox.ts'
import type {Terminal} from './terminal.ts'
import {writeConfig} from './write-config.ts'

export interface StartOptions {
  readonly port: number
  readonly origin: string | undefined
  readonly json: boolean
  readonly configDirectory: string | undefined
  readonly awsOidcCommand: string
}

const signalExitCodes = {SIGINT: 130, SIGTERM: 143} as const

/** Runs a sandbox until a signal comes; resolves to the exit code. */
export async function start(options: StartOptions, terminal: Terminal): Promise<number> {
  const stopped = nextSignal()
  const sandbox = await startSandbox({
    port: options.port,
    origin: options.origin,
    onBug: error => terminal.complain(describe(error)),
  })
  const {addresses} = sandbox
  if (options.configDirectory !== undefined) {
    await writeConfig(options.configDirectory, addresses, options.awsOidcCommand)
  }
  terminal.print(options.json ? JSON.stringify(addresses) : textFor(addresses, options.configDirectory))
  const exitCode = await stopped
  await sandbox.stop()
  return exitCode
}

async function nextSignal(): Promise<number> {
  const signals = (['SIGINT', 'SIGTERM'] as const).map(async signal => {
    await once(process, signal)
    return signalExitCodes[signal]
  })
  return Promise.race(signals)
}

function textFor(
  {issuer, clientId, sts, console, control, account, users}: SandboxAddresses,
  directory: string | undefined,
) {
  const people = users.map(({name, password, roles}) => `  ${name.padEnd(8)}${password.padEnd(18)}${rolesText(roles)}`)
  const usage = directory && [
    'Try it in another shell:',
    `  export AWS_OIDC_CONFIG_FILE='${directory}/config.yaml' AWS_CONFIG_FILE='${directory}/aws-config'`,
    `  export AWS_ENDPOINT_URL_STS=${sts} AWS_ENDPOINT_URL_SIGNIN=${console}`,
    '  aws-oidc login -p developer          a browser opens: sign in as one of the users above',
    '  BROWSER=aws-oidc-sandbox aws-oidc login -p developer    signs alice in by itself',
  ]
  return [
    `OpenID provider  ${issuer}  (client id ${clientId})`,
    `STS              ${sts}  (account ${account})`,
    `Console          ${console}`,
    `Control          ${control}`,
    '',
    'Users, their passwords and roles:',
    ...people,
    '',
    ...(usage || ['Add --write-config DIR for a configuration that uses it.']),
    '',
    'Press Ctrl-C to stop.',
  ].join('\n')
}

function rolesText(roles: readonly string[]): string {
  const names = roles.map(arn => arn.replace(/^.*\//, ''))
  return names.length > 4 ? `${names[0]} … ${names.at(-1)}` : names.join(', ') || '(none)'
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
