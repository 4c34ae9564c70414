import type {Readable} from 'node:stream'

const known = new WeakMap<Readable, AbortSignal>()

/**
 * Aborts when nothing more can come from this stream: at its end, as with /dev/null or a pipe whose writer has gone, or
 * by a failure. Only notices it while the stream is read. An answer that comes together with the end is taken first.
 */
export function endOf(input: Readable): AbortSignal {
  const before = known.get(input)
  if (before) return before
  const ended = new AbortController()
  const end = () => void setImmediate(() => ended.abort())
  if (input.readableEnded || input.destroyed) ended.abort()
  else input.once('end', end).once('close', end).on('error', end)
  known.set(input, ended.signal)
  return ended.signal
}
