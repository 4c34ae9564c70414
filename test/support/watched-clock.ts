import {setTimeout as delay} from 'node:timers/promises'
import {type MovableClock, movableClock} from './dependencies.ts'

/** A clock that a test moves, and that shows what waits for it. */
export interface WatchedClock extends MovableClock {
  /** The length of each sleep, in order. */
  readonly sleeps: readonly number[]
  /** Resolves when a limit of this length has been set. */
  untilLimited(milliseconds: number): Promise<void>
}

export function watchedClock(): WatchedClock {
  const clock = movableClock()
  const [sleeps, limits]: [number[], number[]] = [[], []]
  return {
    ...clock,
    sleeps,
    async sleep(milliseconds, signal) {
      sleeps.push(milliseconds)
      await clock.sleep(milliseconds, signal)
    },
    limit(milliseconds, ...rest) {
      limits.push(milliseconds)
      return clock.limit(milliseconds, ...rest)
    },
    async untilLimited(milliseconds) {
      while (!limits.includes(milliseconds)) await delay(5)
    },
  }
}

/** Whether the promise is still pending after everything that was ready has run. */
export async function isPending(work: Promise<unknown>): Promise<boolean> {
  let pending = true
  const settled = () => {
    pending = false
  }
  work.then(settled, settled)
  await delay(20)
  return pending
}
