import type {CacheHome} from '../../src/plugin.ts'

/** One after the other, as the lock between processes has it. */
export function inTurn(): CacheHome['exclusively'] {
  let last: Promise<unknown> = Promise.resolve()
  return work => {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }
}
