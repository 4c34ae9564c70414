import {setTimeout as delay} from 'node:timers/promises'
import {type MovableClock, movableClock} from './parts.ts'

/** A clock that a test moves, and that tells what waits for it. */
export interface WatchedClock extends MovableClock {
  /** How long was slept, in order. */
  readonly sleeps: readonly number[]
  /** Comes when something has so many milliseconds left to be done in. */
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

/** Whether it is still open after whatever was ready to happen has happened. */
export async function isPending(work: Promise<unknown>): Promise<boolean> {
  let pending = true
  const settled = () => {
    pending = false
  }
  work.then(settled, settled)
  await delay(20)
  return pending
}
