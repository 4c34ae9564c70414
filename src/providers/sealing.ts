import {createCipheriv, createDecipheriv, createHash, randomBytes} from 'node:crypto'
import type {CacheEntry} from '../plugin.ts'
import {endOf, type SealedEnvelope, secondsOf} from './envelope.ts'

/** AES-256-GCM (NIST SP 800-38D): 256-bit key, 96-bit random IV, 128-bit tag. */
const algorithm = 'aes-256-gcm'
const keyBytes = 32
const ivBytes = 12
const tagBytes = 16

export interface SealingKey {
  readonly bytes: Buffer
  readonly kid: string
}

export function newSealingKey(): SealingKey {
  return withId(randomBytes(keyBytes))
}

/** The key in `text`; `undefined` for anything else, which counts as a lost key. */
export function parseSealingKey(text: string | undefined): SealingKey | undefined {
  const bytes = Buffer.from(text ?? '', 'base64')
  return bytes.length === keyBytes ? withId(bytes) : undefined
}

export function textOf({bytes}: SealingKey): string {
  return bytes.toString('base64')
}

/** Uses a new random IV for each entry: reusing one under the same key would reveal both entries. */
export function seal(key: string, {value, expiresAt}: CacheEntry, {bytes, kid}: SealingKey): SealedEnvelope {
  const head = {v: 1, enc: 'A256GCM', kid, exp: secondsOf(expiresAt), key} as const
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv(algorithm, bytes, iv, {authTagLength: tagBytes}).setAAD(boundTo(head))
  const data = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()])
  return {
    ...head,
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  }
}

/** The entry; `undefined` if it was sealed with another key, altered, or moved to another name. */
export function unseal(envelope: SealedEnvelope, {bytes, kid}: SealingKey): CacheEntry | undefined {
  if (envelope.kid !== kid) return undefined
  const [iv, tag, data] = [envelope.iv, envelope.tag, envelope.data].map(text => Buffer.from(text, 'base64'))
  if (iv?.length !== ivBytes || tag?.length !== tagBytes || !data) return undefined
  try {
    const decipher = createDecipheriv(algorithm, bytes, iv, {authTagLength: tagBytes})
    decipher.setAAD(boundTo(envelope)).setAuthTag(tag)
    const value = Buffer.concat([decipher.update(data), decipher.final()]).toString('utf8')
    return {value, expiresAt: endOf(envelope)}
  } catch {
    return undefined
  }
}

/** The plain members, authenticated with the ciphertext, so that an entry can be neither renamed nor prolonged. */
function boundTo({v, enc, kid, exp, key}: Pick<SealedEnvelope, 'v' | 'enc' | 'kid' | 'exp' | 'key'>): Buffer {
  return Buffer.from(JSON.stringify([v, enc, kid, exp, key]))
}

function withId(bytes: Buffer): SealingKey {
  return {bytes, kid: createHash('sha256').update(bytes).digest('hex').slice(0, 16)}
}
