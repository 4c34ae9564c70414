import {AwsOidcError} from '../errors.ts'
import type {Dependencies} from './dependencies.ts'

const saidOffsets = new WeakSet<Dependencies['network']>()

/**
 * Milliseconds by which the server's clock is ahead of ours. Warns the user, once, if it is over a minute: a wrong
 * clock makes tokens look expired or not yet valid.
 */
export function offsetSaidOnce(url: URL, {network, log}: Pick<Dependencies, 'network' | 'log'>): number {
  const difference = network.differenceTo(url)
  if (Math.abs(difference) > 60_000 && !saidOffsets.has(network)) {
    saidOffsets.add(network)
    log.warn(`${wrongClock(url.host, difference)} Set it correctly.`)
  }
  return network.offsetTo(url)
}

/** Says how wrong our clock is, by a server whose clock is so many milliseconds ahead of it. */
export function wrongClock(host: string, milliseconds: number): string {
  const minutes = Math.round(Math.abs(milliseconds) / 60_000)
  const span =
    minutes < 120
      ? `${minutes} min`
      : minutes < 2 * 1440
        ? `${Math.round(minutes / 60)} hours`
        : `${Math.round(minutes / 1440)} days`
  return `The clock of this machine is ${span} ${milliseconds > 0 ? 'behind' : 'ahead of'} that of ${host}.`
}

/** The command that sets this machine's clock. */
export function clockCommand({env, platform}: Pick<Dependencies, 'env' | 'platform'>): string {
  return env.WSL_DISTRO_NAME ? 'sudo hwclock -s' : (clockCommands[platform] ?? 'sudo timedatectl set-ntp true')
}

const clockCommands: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'sudo sntp -sS time.apple.com',
  win32: 'w32tm /resync',
}

/**
 * The failure itself, unless our own clock is off by more than we correct for: then every check of a time fails, and
 * the answer is not to blame.
 */
export function orOurClock(
  failure: AwsOidcError,
  deps: Pick<Dependencies, 'network' | 'env' | 'platform'>,
): AwsOidcError {
  const strange = failure.code === 'BAD_RESPONSE' ? deps.network.strangeClock() : undefined
  if (!strange) return failure
  const what = `${wrongClock(strange.host, strange.milliseconds)} It can't tell whether a token is valid now.`
  return new AwsOidcError('UNAVAILABLE', what, {hint: clockCommand(deps), cause: failure})
}
