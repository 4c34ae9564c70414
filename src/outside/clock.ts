import {setTimeout as delay} from 'node:timers/promises'

/** The only source of time, so that a test can move it. */
export interface Clock {
  now(): Date
  /** Milliseconds since some moment, on a clock that nobody sets: for limits. */
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

export const systemClock: Clock = {
  now: () => new Date(),

  elapsed: () => performance.now(),

  async sleep(milliseconds, signal) {
    try {
      await delay(milliseconds, undefined, signal ? {signal} : {})
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    }
  },

  limit(milliseconds, reason, parent) {
    const own = new AbortController()
    const timer = setTimeout(() => own.abort(reason), milliseconds)
    return {
      signal: parent ? AbortSignal.any([own.signal, parent]) : own.signal,
      cancel: () => clearTimeout(timer),
    }
  },
}

/** Rejects with the signal's reason when it aborts. */
export function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), {once: true})
  })
}

/** Does the work with a signal that aborts after a time, or when `parent` does. */
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
