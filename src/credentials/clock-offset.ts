import {AwsOidcError} from '../errors.ts'
import type {Dependencies} from './dependencies.ts'

const saidOffsets = new WeakSet<Dependencies['network']>()

/** A clock that is wrong makes tokens look expired or not yet valid; a person should know before they search. */
export function offsetSaidOnce(url: URL, {network, log}: Pick<Dependencies, 'network' | 'log'>): number {
  const difference = network.differenceTo(url)
  if (Math.abs(difference) > 60_000 && !saidOffsets.has(network)) {
    saidOffsets.add(network)
    log.warn(`${wrongClock(url.host, difference)} Set it right.`)
  }
  return network.offsetTo(url)
}

/** What is wrong with our clock, by the time of a server that is so much ahead of it. */
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

/** What sets the clock. */
export function clockCommand({env, platform}: Pick<Dependencies, 'env' | 'platform'>): string {
  return env.WSL_DISTRO_NAME ? 'sudo hwclock -s' : (clockCommands[platform] ?? 'sudo timedatectl set-ntp true')
}

const clockCommands: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'sudo sntp -sS time.apple.com',
  win32: 'w32tm /resync',
}

/**
 * The failure itself, unless our own clock is wrong by more than is made up for: then whatever is judged by time fails, and
 * nobody else is to blame.
 */
export function orOurClock(
  failure: AwsOidcError,
  parts: Pick<Dependencies, 'network' | 'env' | 'platform'>,
): AwsOidcError {
  const strange = failure.code === 'BAD_RESPONSE' ? parts.network.strangeClock() : undefined
  if (!strange) return failure
  const what = `${wrongClock(strange.host, strange.milliseconds)} What is signed for a time can't be judged by it.`
  return new AwsOidcError('UNAVAILABLE', what, {hint: clockCommand(parts), cause: failure})
}
