import type {CacheHome, CredentialCache} from '../plugin.ts'
import {cacheFilesIn} from './cache-files.ts'
import {endOf, type PlainEnvelope, secondsOf} from './envelope.ts'

/** Stores entries as plain-text files that only their owner can read. Sealed entries count as absent. */
export function fileCache({directory}: Pick<CacheHome, 'directory'>): CredentialCache {
  const files = cacheFilesIn(directory)

  async function find(key: string): Promise<PlainEnvelope | undefined> {
    const envelope = await files.find(key)
    return envelope?.enc === 'none' ? envelope : undefined
  }

  return {
    async read(key) {
      const envelope = await find(key)
      return envelope && {value: envelope.data, expiresAt: endOf(envelope)}
    },
    write: (key, {value, expiresAt}) => files.put({v: 1, enc: 'none', exp: secondsOf(expiresAt), key, data: value}),
    remove: files.remove,
    async expiresAt(key) {
      const envelope = await find(key)
      return envelope && endOf(envelope)
    },
    clear: files.clear,
  }
}
