import type {NotServed, Served} from '../aws/container-server.ts'
import {type CredentialsRequest, credentialsFor} from '../credentials/credentials.ts'
import type {CredentialsDependencies} from '../credentials/dependencies.ts'
import {type Issued, isFresh, isUsable} from '../credentials/issued.ts'
import {expectedFailure} from '../errors.ts'
import {onScreen, printable} from '../text/printable.ts'

/** Credentials that renew themselves as long as nobody has to be asked. */
export interface Renewing {
  /** Resolves within two seconds, whatever the renewal does. */
  current(): Promise<Served | NotServed>
  /** Renews before the credentials end, until the signal aborts. */
  keepFresh(signal: AbortSignal): Promise<void>
}

// botocore gives up after two seconds.
const patienceMilliseconds = 1_500
const lookMilliseconds = 1_000
const pauseMilliseconds = 60_000

export function renewing(first: Issued, request: CredentialsRequest, deps: CredentialsDependencies): Renewing {
  const {clock, secrets} = deps
  // A program wants these credentials, not the user: never ask.
  const asking = {interactive: false, ignoresBrake: false, attended: false, mayRead: false}
  // The terminal is that program's.
  const log = {...deps.log, info: deps.log.debug, warn: deps.log.debug}
  const quiet: CredentialsDependencies = {...deps, asking, log, tell: message => deps.log.debug(onScreen(message))}
  let latest = first
  let failure: NotServed | undefined
  let going: Promise<void> | undefined

  function renew(): Promise<void> {
    going ??= renewOnce().finally(() => {
      going = undefined
    })
    return going
  }

  async function renewOnce(): Promise<void> {
    try {
      latest = await credentialsFor({...request, force: false, lasting: false}, quiet)
      failure = undefined
    } catch (error) {
      const {code, message, hint} = expectedFailure(error) ?? {
        code: 'BUG',
        message: printable(String(error)),
        hint: undefined,
      }
      failure = {code, message: secrets.mask(hint === undefined ? message : `${message} Try: ${hint}`)}
    }
  }

  return {
    async current() {
      if (!isFresh(latest, clock.now())) {
        const renewed = renew()
        if (!isUsable(latest, clock.now())) await Promise.race([renewed, clock.sleep(patienceMilliseconds)])
      }
      if (isUsable(latest, clock.now())) return latest
      return failure ?? {code: 'UNAVAILABLE', message: 'The credentials are being renewed. Ask again.'}
    },

    async keepFresh(signal) {
      while (!signal.aborted) {
        // In small steps: a machine that slept has moved its clock on, but not its timers.
        await clock.sleep(lookMilliseconds, signal).catch(() => undefined)
        if (signal.aborted || isFresh(latest, clock.now())) continue
        await renew()
        if (!isFresh(latest, clock.now())) await clock.sleep(pauseMilliseconds, signal).catch(() => undefined)
      }
    },
  }
}
