import {secretItem} from '../config/settings.ts'
import {AwsOidcError} from '../errors.ts'
import {readObject} from '../json.ts'
import type {Parts} from './parts.ts'
import {findProvider} from './plan.ts'

export interface SetSecretWish {
  readonly provider: string
  readonly setting: string
  /** Takes it out instead. */
  readonly remove: boolean
}

export interface SetSecretResult {
  readonly provider: string
  readonly setting: string
  /** Under which name it is kept. */
  readonly name: string
  readonly removed: boolean
  /** What is still to be written into the configuration. */
  readonly missingLine: string | undefined
}

/** Puts a secret setting of a provider into the keyring, asked on the terminal or read from a pipe; never an argument. */
export async function setSecret({provider, setting, remove}: SetSecretWish, parts: Parts): Promise<SetSecretResult> {
  const {own, strategy: id} = findProvider(provider, parts.configuration)
  const strategy = await parts.registry.strategy(id)
  const secrets = Object.entries(strategy.settings).filter(([, {secret}]) => secret)
  if (!secrets.some(([name]) => name === setting)) {
    const names = secrets.map(([name]) => name).join(', ')
    throw new AwsOidcError('CONFIG_INVALID', `The strategy "${id}" has no secret setting "${setting}".`, {
      hint: names === '' ? 'It has none.' : `aws-oidc providers set-secret ${provider} ${names}`,
    })
  }
  const {keyring: written} = readObject(own[setting])
  const name = typeof written === 'string' ? written : provider
  if (remove) await parts.keyring.remove(secretItem(name))
  else await parts.keyring.set(secretItem(name), await askFor(provider, setting, parts))
  const missingLine = written === undefined && !remove ? `${setting}: {keyring: ${JSON.stringify(name)}}` : undefined
  return {provider, setting, name, removed: remove, missingLine}
}

// What a keyring of Windows takes: https://learn.microsoft.com/windows/win32/api/wincred/ns-wincred-credentialw
const longest = 1280

async function askFor(provider: string, setting: string, {asking, ask, readStdin, secrets}: Parts): Promise<string> {
  const typed = asking.attended ? await ask.secret(`${setting} of ${provider}`) : await readStdin()
  const secret = typed.replace(/\r?\n$/, '')
  secrets.add(secret)
  const problem = secret === '' ? 'is empty' : /[\r\n]/.test(secret) ? 'has several lines' : undefined
  const tooLong = secret.length > longest ? `is longer than ${longest} characters` : problem
  if (tooLong === undefined) return secret
  throw new AwsOidcError('USAGE', `The secret ${tooLong}; nothing was changed.`, {
    hint: `aws-oidc providers set-secret ${provider} ${setting}`,
  })
}
