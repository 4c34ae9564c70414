import type {AsyncEntry} from '@napi-rs/keyring'
import {AwsOidcError, expectedFailure, printable} from '../../errors.ts'
import type {Keyring} from '../../plugin.ts'
import {type Clock, rejectionOf} from './clock.ts'
import {options, service} from './keyring-glance.ts'

export interface KeyringDependencies {
  readonly clock: Clock
  /** Whether a user is at the terminal, who may be typing the keyring's password. */
  readonly attended: boolean
  /** Tells the user. */
  readonly tell: (text: string) => void
  /** Ends the wait: a user who presses Ctrl-C will not type the keyring's password. */
  readonly interruption: AbortSignal
  /** Called when a call is given up: its thread still waits, so `process.exit` would hang. */
  readonly onGivenUp: () => void
}

const attendedMilliseconds = 30_000
const unattendedMilliseconds = 3_000
const patienceMilliseconds = 1_500

/** The system's keyring. The native library is loaded with the first call: https://www.npmjs.com/package/@napi-rs/keyring */
export function systemKeyring(deps: KeyringDependencies): Keyring {
  const {clock, attended, tell, interruption, onGivenUp} = deps
  const limitMilliseconds = attended ? attendedMilliseconds : unattendedMilliseconds
  let givenUp = false
  let last: Promise<unknown> = Promise.resolve()

  /** Calls run one at a time: a few that hang at once would take all threads that Node reads files with. */
  function call<Result>(name: string, work: (entry: AsyncEntry) => Promise<Result>): Promise<Result> {
    const done = last.then(() => callNow(name, work))
    last = done.catch(() => undefined)
    return done
  }

  async function callNow<Result>(name: string, work: (entry: AsyncEntry) => Promise<Result>): Promise<Result> {
    interruption.throwIfAborted()
    if (givenUp) throw unavailable('it does not answer')
    const late = unavailable(`no answer within ${limitMilliseconds / 1000} s`)
    const limit = clock.limit(limitMilliseconds, late, interruption)
    const softLimit = clock.limit(patienceMilliseconds, new Error('patience'))
    if (attended) {
      const text = `Waiting for the keyring of this system; it may be asking for its password (${limitMilliseconds / 1000} s at most).`
      softLimit.signal.addEventListener('abort', () => tell(text), {once: true})
    }
    try {
      return await Promise.race([entryOf(name).then(work), rejectionOf(limit.signal)])
    } catch (error) {
      if (limit.signal.aborted) {
        givenUp = true
        onGivenUp()
      }
      throw (
        expectedFailure(error) ?? unavailable(printable(error instanceof Error ? error.message : String(error), 120))
      )
    } finally {
      limit.cancel()
      softLimit.cancel()
    }
  }

  return {
    get: name => call(name, async entry => (await entry.getPassword()) ?? undefined),
    set: (name, value) => call(name, entry => entry.setPassword(value)),
    remove: name => call(name, async entry => void (await entry.deletePassword())),
  }
}

/** The library is an optional dependency: `npm install --omit=optional` and platforms without a binary leave it out. */
async function entryOf(name: string): Promise<AsyncEntry> {
  const library = await import('@napi-rs/keyring').catch((error: unknown) => {
    throw new AwsOidcError('UNAVAILABLE', `The library for the system's keyring can't be loaded: ${reasons(error)}.`, {
      hint: 'Install aws-oidc with its optional dependencies, or set "cache: file".',
    })
  })
  return new library.AsyncEntry(service, name, options)
}

/**
 * The library's message is the same for every reason; its chain of causes says why each attempt to load a binary
 * failed.
 */
function reasons(error: unknown): string {
  const lines: string[] = []
  for (let at = error; at instanceof Error; at = at.cause) lines.push(at.message.split('\n')[0] ?? '')
  const [own = String(error), ...causes] = lines
  return printable(causes.length > 0 ? causes.toReversed().join('; ') : own, 300)
}

function unavailable(reason: string): AwsOidcError {
  return new AwsOidcError('UNAVAILABLE', `The keyring of this system can't be used: ${reason.replace(/\.$/, '')}.`, {
    hint: 'Unlock the keyring, or set "cache: file".',
  })
}
