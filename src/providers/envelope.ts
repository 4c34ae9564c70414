/**
 * The form of an entry on disk. `key` (hashes only) and `exp` (seconds since 1970) are plain, so that an entry can be
 * checked and removed without being opened; `enc` says how `data` is stored.
 */
export type Envelope = PlainEnvelope | SealedEnvelope

/** The name of the key in the system's keyring. */
export const sealingKeyItem = 'cache-key'

interface Common {
  readonly v: 1
  readonly exp: number
  readonly key: string
}

export interface PlainEnvelope extends Common {
  readonly enc: 'none'
  readonly data: string
}

export interface SealedEnvelope extends Common {
  readonly enc: 'A256GCM'
  /** Identifies the sealing key without revealing it. */
  readonly kid: string
  /** In base64, as are `tag` and `data`. */
  readonly iv: string
  readonly tag: string
  readonly data: string
}

/** The envelope in `text`, or `undefined` for anything that is not one, such as a file that was cut short. */
export function readEnvelope(text: string): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (value === null || typeof value !== 'object') return undefined
    const {v, enc, exp, key, data, kid, iv, tag}: Readonly<Record<string, unknown>> = {...value}
    if (v !== 1 || typeof exp !== 'number' || !Number.isFinite(exp)) return undefined
    if (typeof key !== 'string' || typeof data !== 'string') return undefined
    if (enc === 'none') return {v, enc, exp, key, data}
    if (enc !== 'A256GCM' || typeof kid !== 'string' || typeof iv !== 'string' || typeof tag !== 'string') {
      return undefined
    }
    return {v, enc, exp, key, kid, iv, tag, data}
  } catch {
    return undefined
  }
}

export function secondsOf(expiresAt: Date): number {
  return Math.floor(expiresAt.getTime() / 1000)
}

export function endOf({exp}: Envelope): Date {
  return new Date(exp * 1000)
}
