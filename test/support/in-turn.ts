import type {CacheHome} from '../../src/plugin.ts'

/** Runs work one at a time, as the lock between processes does. */
export function inTurn(): CacheHome['exclusively'] {
  let last: Promise<unknown> = Promise.resolve()
  return work => {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }
}
