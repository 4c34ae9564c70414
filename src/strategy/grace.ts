import type {Clock} from '../outside/system/clock.ts'

// A refresh that is under way when time runs out still gets its answer, and keeps it.
const graceMilliseconds = 20_000

/**
 * The result of work that may ignore its signal, as a plugin's can. Rejects with the signal's reason 20 seconds after
 * the signal aborts, or as soon as `atOnce` aborts.
 */
export async function withGrace<Result>(
  work: Result | Promise<Result>,
  signal: AbortSignal,
  clock: Pick<Clock, 'limit'>,
  atOnce?: AbortSignal,
): Promise<Result> {
  const {promise: overstayed, reject} = Promise.withResolvers<never>()
  let end: () => void = () => undefined
  const begin = () => {
    const grace = clock.limit(graceMilliseconds, signal.reason)
    grace.signal.addEventListener('abort', () => reject(grace.signal.reason), {once: true})
    end = grace.cancel
  }
  const give = () => reject(atOnce?.reason)
  if (signal.aborted) begin()
  else signal.addEventListener('abort', begin, {once: true})
  if (atOnce?.aborted) give()
  else atOnce?.addEventListener('abort', give, {once: true})
  try {
    return await Promise.race([work, overstayed])
  } finally {
    signal.removeEventListener('abort', begin)
    atOnce?.removeEventListener('abort', give)
    end()
  }
}
