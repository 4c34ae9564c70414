import {setTimeout as delay} from 'node:timers/promises'

/** The only source of time; tests control their own. */
export interface Clock {
  now(): Date
  /** Milliseconds on a monotonic clock, for limits. */
  elapsed(): number
  /** Rejects with the signal's reason when it aborts first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  /** A signal that aborts after `milliseconds`, or when `parent` does. `cancel` it when the work is done. */
  limit(milliseconds: number, reason: Error, parent?: AbortSignal): Limit
}

export interface Limit {
  readonly signal: AbortSignal
  cancel(): void
}

// A timer for longer fires at once: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args
const longestTimer = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => new Date(),

  elapsed: () => performance.now(),

  async sleep(milliseconds, signal) {
    try {
      for (let left = milliseconds; left > 0; left -= longestTimer) {
        await delay(Math.min(left, longestTimer), undefined, signal ? {signal} : {})
      }
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    }
  },

  limit(milliseconds, reason, parent) {
    const own = new AbortController()
    let cancel = () => clearTimeout(timer)
    const over = () => {
      cancel = onceAllIsRead(() => own.abort(reason))
    }
    const timer = setTimeout(over, Math.min(milliseconds, longestTimer))
    return {signal: parent ? AbortSignal.any([own.signal, parent]) : own.signal, cancel: () => cancel()}
  },
}

// One turn reads up to 64 KiB of a connection; the largest accepted answer has 4 MiB (transfer.ts).
const turnsToRead = 64

/**
 * Calls `then` after the event loop has read what is waiting in the sockets. After the process was stopped or the
 * machine slept, timers are due before the loop reads, which would discard an answer that came long ago.
 */
function onceAllIsRead(then: () => void): () => void {
  let turns = 0
  let next = setImmediate(function again() {
    if (++turns < turnsToRead) next = setImmediate(again)
    else then()
  })
  return () => clearImmediate(next)
}

/** Rejects with the signal's reason when it aborts. */
export function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), {once: true})
  })
}

/** Runs the work with a signal that aborts after `milliseconds`, or when `parent` does. */
export async function within<Result>(
  clock: Clock,
  milliseconds: number,
  reason: Error,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = clock.limit(milliseconds, reason, parent)
  try {
    return await work(limit.signal)
  } finally {
    limit.cancel()
  }
}
