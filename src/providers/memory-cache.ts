import type {CacheEntry, CredentialCache} from '../plugin.ts'

/** Forgets everything when the command ends. */
export function memoryCache(): CredentialCache {
  const entries = new Map<string, CacheEntry>()
  return {
    read: async key => entries.get(key),
    async write(key, entry) {
      entries.set(key, entry)
    },
    async remove(key) {
      entries.delete(key)
    },
    expiresAt: async key => entries.get(key)?.expiresAt,
    async clear(prefix = '') {
      for (const key of entries.keys()) if (key.startsWith(prefix)) entries.delete(key)
    },
  }
}
