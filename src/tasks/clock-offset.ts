import type {Parts} from './parts.ts'

const saidOffsets = new WeakSet<Parts['network']>()

/** A clock that is wrong makes tokens look expired or not yet valid; a person should know before they search. */
export function offsetSaidOnce(url: URL, {network, log}: Pick<Parts, 'network' | 'log'>): number {
  const offset = network.offsetTo(url)
  if (Math.abs(offset) > 60_000 && !saidOffsets.has(network)) {
    saidOffsets.add(network)
    const minutes = Math.round(Math.abs(offset) / 60_000)
    log.warn(
      `The clock of this machine is ${minutes} min ${offset > 0 ? 'behind' : 'ahead of'} that of ${url.host}. Set it right.`,
    )
  }
  return offset
}
