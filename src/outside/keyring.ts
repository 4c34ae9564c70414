import type {AsyncEntry} from '@napi-rs/keyring'
import {AwsOidcError, expectedFailure, printable} from '../errors.ts'
import type {Keyring} from '../plugin.ts'
import type {Clock} from './clock.ts'

/** The system's keyring, and whether a call to it still hangs. */
export interface SystemKeyring extends Keyring {
  /**
   * Whether a call was given up and its thread still waits. Such a process can't end by `process.exit`, which joins
   * its threads: see `Processes.leave`.
   */
  readonly hangs: () => boolean
}

export interface KeyringParts {
  readonly clock: Clock
  /** How long to wait for an answer. A person may be typing the keyring's password. */
  readonly limitMilliseconds: number
}

const service = 'aws-oidc'
// Unpinned, the library would fall back without a word to the kernel's keyring, which forgets and is not shared.
const options = {linux: {store: 'secret-service'}} as const

/** The native library is loaded with the first call only. https://www.npmjs.com/package/@napi-rs/keyring */
export function systemKeyring({clock, limitMilliseconds}: KeyringParts): SystemKeyring {
  let waiting = 0
  let gaveUp = false

  async function call<Result>(name: string, work: (entry: AsyncEntry) => Promise<Result>): Promise<Result> {
    if (gaveUp && waiting > 0) throw unavailable('it does not answer')
    const limit = clock.limit(limitMilliseconds, unavailable(`no answer within ${limitMilliseconds / 1000} s`))
    waiting += 1
    const answer = open(name)
      .then(work)
      .finally(() => {
        waiting -= 1
      })
    try {
      return await Promise.race([answer, rejectionOf(limit.signal)])
    } catch (error) {
      if (limit.signal.aborted) gaveUp = true
      throw expectedFailure(error) ?? unavailable(printable(error instanceof Error ? error.message : String(error)))
    } finally {
      limit.cancel()
    }
  }

  return {
    hangs: () => gaveUp && waiting > 0,
    get: name => call(name, async entry => (await entry.getPassword()) ?? undefined),
    set: (name, value) => call(name, entry => entry.setPassword(value)),
    remove: name => call(name, async entry => void (await entry.deletePassword())),
  }
}

async function open(name: string): Promise<AsyncEntry> {
  const {AsyncEntry: Entry} = await import('@napi-rs/keyring')
  return new Entry(service, name, options)
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), {once: true})
  })
}

function unavailable(reason: string): AwsOidcError {
  return new AwsOidcError('UNAVAILABLE', `The keyring of this system can't be used: ${reason}.`, {
    hint: 'Unlock it, or set "cache: file".',
  })
}
