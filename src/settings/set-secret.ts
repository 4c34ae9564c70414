import {nearest} from '../config/nearest.ts'
import {secretsIn} from '../config/settings.ts'
import type {Dependencies, SignInDependencies} from '../credentials/dependencies.ts'
import {findProvider} from '../credentials/plan.ts'
import {AwsOidcError} from '../errors.ts'
import {readObject} from '../text/json.ts'

export interface SetSecretRequest {
  readonly provider: string
  readonly setting: string
  /** Whether to remove the secret instead. */
  readonly remove: boolean
}

export interface SetSecretResult {
  readonly provider: string
  readonly setting: string
  /** The secret's name in the keyring. */
  readonly name: string
  readonly removed: boolean
  /** The line that the configuration still lacks, if any. */
  readonly missingLine: string | undefined
}

/** Stores a provider's secret in the keyring, asked for on the terminal or read from a pipe; never an argument. */
export async function setSecret(
  {provider, setting, remove}: SetSecretRequest,
  deps: SignInDependencies,
): Promise<SetSecretResult> {
  const {own, strategy} = findProvider(provider, deps.configuration, name => commandFor(name, setting))
  const settings = await secretSettingsOf(strategy, deps)
  if (!settings.includes(setting)) throw unknownSetting(provider, setting, strategy, settings)
  const {keyring: written} = readObject(own[setting])
  const usual = settings.length === 1 ? provider : `${provider}-${setting}`
  const name = typeof written === 'string' && written !== '' ? written : usual
  const keyring = secretsIn(deps.keyring)
  if (remove) await keyring.remove(name)
  else await keyring.set(name, await askFor(provider, setting, deps))
  const missingLine = written === undefined && !remove ? `${setting}: {keyring: ${JSON.stringify(name)}}` : undefined
  return {provider, setting, name, removed: remove, missingLine}
}

async function secretSettingsOf(
  strategy: string,
  {registry}: Pick<Dependencies, 'registry'>,
): Promise<readonly string[]> {
  const {settings} = await registry.strategy(strategy)
  return Object.entries(settings).flatMap(([name, {secret}]) => (secret ? [name] : []))
}

function unknownSetting(
  provider: string,
  setting: string,
  strategy: string,
  [first, ...others]: readonly string[],
): AwsOidcError {
  if (first === undefined) {
    return new AwsOidcError('CONFIG_INVALID', `The strategy "${strategy}" of "${provider}" takes no secret.`)
  }
  const meant = nearest(setting, [first, ...others]) ?? first
  return new AwsOidcError('CONFIG_INVALID', `The strategy "${strategy}" has no secret setting "${setting}".`, {
    hint: commandFor(provider, meant),
  })
}

function commandFor(provider: string, setting: string): string {
  return `aws-oidc providers set-secret ${provider} ${setting}`
}

// The most that Windows takes: https://learn.microsoft.com/windows/win32/api/wincred/ns-wincred-credentialw
const longest = 1280

async function askFor(
  provider: string,
  setting: string,
  deps: Pick<Dependencies, 'secrets' | 'asking' | 'ask' | 'readStdin'>,
): Promise<string> {
  const secret = (await read(provider, setting, deps)).replace(/\r?\n$/, '')
  deps.secrets.add(secret)
  const problem = problemOf(secret)
  if (problem === undefined) return secret
  throw new AwsOidcError('USAGE', `The secret ${problem}; nothing was changed.`, {hint: commandFor(provider, setting)})
}

async function read(
  provider: string,
  setting: string,
  {asking, ask, readStdin}: Pick<Dependencies, 'asking' | 'ask' | 'readStdin'>,
): Promise<string> {
  if (!asking.attended) return readStdin()
  if (asking.interactive) return ask.secret(`${setting} of ${provider}`)
  throw new AwsOidcError('USAGE', 'aws-oidc may not ask for the secret here, and none came through a pipe.', {
    hint: `a program that prints it | ${commandFor(provider, setting)}`,
  })
}

function problemOf(secret: string): string | undefined {
  if (secret === '') return 'is empty'
  if (/[\r\n]/.test(secret)) return 'has several lines'
  return secret.length > longest ? `is longer than ${longest} characters` : undefined
}
