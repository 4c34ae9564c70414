import type {CacheEntry} from '../plugin.ts'

/**
 * The form of an entry on disk. `key` (hashes only) and `exp` (seconds since 1970) stand in clear, so that an entry
 * can be judged and removed without being opened; `enc` says how `data` is kept.
 */
export interface Envelope {
  readonly v: 1
  readonly enc: 'none'
  readonly exp: number
  readonly key: string
  readonly data: string
}

export function seal(key: string, {value, expiresAt}: CacheEntry): string {
  const envelope: Envelope = {v: 1, enc: 'none', exp: Math.floor(expiresAt.getTime() / 1000), key, data: value}
  return `${JSON.stringify(envelope)}\n`
}

/** The envelope in `text`, or `undefined` for anything that is not one, such as a file that was cut short. */
export function readEnvelope(text: string): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (value === null || typeof value !== 'object') return undefined
    const {v, enc, exp, key, data}: Readonly<Record<string, unknown>> = {...value}
    if (v !== 1 || enc !== 'none' || typeof exp !== 'number' || !Number.isFinite(exp)) return undefined
    return typeof key === 'string' && typeof data === 'string' ? {v, enc, exp, key, data} : undefined
  } catch {
    return undefined
  }
}

export function open({data, exp}: Envelope): CacheEntry {
  return {value: data, expiresAt: new Date(exp * 1000)}
}
