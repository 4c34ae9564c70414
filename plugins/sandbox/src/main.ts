import {resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {BrowseError, browse} from './browse.ts'
import {silenceOidcProvider} from './openid/quiet.ts'
import type {StartOptions} from './start.ts'
import type {Terminal} from './terminal.ts'

const usage = `An OpenID provider with SAML, a strict AWS STS and a sign-in to a console on 127.0.0.1, for trying aws-oidc without an account.

Usage:
  aws-oidc-sandbox start [--port N] [--origin URL] [--write-config DIR] [--aws-oidc CMD] [--json]
  aws-oidc-sandbox browse URL

start            runs until Ctrl-C
  --port           listen there (default: a free port)
  --origin         the origin at which others see it, through a proxy that speaks TLS for it
  --write-config   write config.yaml and aws-config to DIR
  --aws-oidc       what aws-config runs instead of aws-oidc
  --json           print where everything is as one line of JSON
browse           signs in at URL as SANDBOX_USER (default: alice; deny presses Cancel), and enters
                 SANDBOX_CODE where the page asks for the code of a device
                 (BROWSER=aws-oidc-sandbox makes aws-oidc call it)`

class UsageError extends Error {}

/** Runs one command; resolves to the exit code. */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [command, ...rest] = argv
  try {
    if (command === 'help' || argv.includes('--help') || argv.includes('-h')) {
      terminal.print(usage)
      return 0
    }
    if (command === undefined) throw new UsageError('A command is needed. Type: aws-oidc-sandbox start')
    if (command === 'start') return await startWith(startOptions(rest), terminal)
    if (command === 'browse') return await browseAs(browseAddress(rest), terminal)
    // BROWSER may name a program but no arguments, so an address alone means browse.
    if (/^https?:/.test(command)) return await browseAs(browseAddress(argv), terminal)
    throw new UsageError(`"${command}" is not a command. Type: aws-oidc-sandbox start`)
  } catch (error) {
    return failure(error, terminal)
  }
}

/** Silences oidc-provider, which prints while it is loaded, and loads it only for this command. */
async function startWith(options: StartOptions, terminal: Terminal): Promise<number> {
  silenceOidcProvider()
  const {start} = await import('./start.ts')
  return start(options, terminal)
}

async function browseAs(address: string, terminal: Terminal): Promise<number> {
  const {SANDBOX_USER: user, SANDBOX_CODE: code} = process.env
  await browse(address, {
    userName: user || 'alice',
    code: async () => code || terminal.ask('Code shown by the device: '),
  })
  return 0
}

function startOptions(argv: string[]): StartOptions {
  const values = parse(argv)
  const port = Number(values.port ?? 0)
  const directory = values['write-config']
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError('A port is a number up to 65535. Type: aws-oidc-sandbox start --port 8080')
  }
  const origin = values.origin === undefined ? undefined : URL.parse(values.origin)
  if (origin === null || (origin && (origin.protocol !== 'https:' || origin.pathname !== '/'))) {
    throw new UsageError(
      'An origin is an https address without a path. Type: aws-oidc-sandbox start --origin https://sso.example.test',
    )
  }
  return {
    port,
    origin: origin?.origin,
    json: values.json ?? false,
    configDirectory: directory === undefined ? undefined : resolve(directory),
    awsOidcCommand: values['aws-oidc'] ?? 'aws-oidc',
  }
}

function parse(argv: string[]) {
  try {
    const {values} = parseArgs({
      args: argv,
      options: {
        port: {type: 'string'},
        origin: {type: 'string'},
        'write-config': {type: 'string'},
        'aws-oidc': {type: 'string'},
        json: {type: 'boolean'},
      },
    })
    return values
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\. .*$/s, '') : String(error)
    throw new UsageError(`${reason}. Type: aws-oidc-sandbox start [--port N] [--write-config DIR] [--json]`)
  }
}

function browseAddress(argv: readonly string[]): string {
  const [address, ...more] = argv
  if (address === undefined || more.length > 0 || !/^https?:/.test(address) || !URL.canParse(address)) {
    throw new UsageError(
      'One http address is needed. Type: aws-oidc-sandbox browse http://127.0.0.1:8080/oidc/auth?...',
    )
  }
  return address
}

function failure(error: unknown, terminal: Terminal): number {
  if (error instanceof UsageError) {
    terminal.complain(error.message)
    return 2
  }
  if (!(error instanceof BrowseError || isSystemError(error))) throw error
  terminal.complain(error.message)
  return 1
}

/** Whether the error comes from the system, such as a port in use or a folder that can't be created. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error
}
