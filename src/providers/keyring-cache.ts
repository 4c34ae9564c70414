import type {CacheHome, CredentialCache} from '../plugin.ts'
import {cacheFilesIn} from './cache-files.ts'
import {endOf, type SealedEnvelope, sealingKeyItem} from './envelope.ts'
import {newSealingKey, parseSealingKey, type SealingKey, seal, textOf, unseal} from './sealing.ts'

/**
 * Stores entries as files, sealed with one key from the system's keyring. An entry that can't be opened counts as
 * absent, but an unusable keyring rejects.
 */
export function keyringCache({directory, keyring, exclusively, log}: CacheHome): CredentialCache {
  const files = cacheFilesIn(directory)
  let known: SealingKey | undefined
  let asking: Promise<SealingKey | undefined> | undefined

  /** Asks the keyring once, however many entries are read at the same time. */
  async function existingKey(): Promise<SealingKey | undefined> {
    if (known) return known
    asking ??= keyring.get(sealingKeyItem).then(parseSealingKey)
    try {
      known = await asking
      return known
    } finally {
      asking = undefined
    }
  }

  /** Makes the key under a lock: two processes with keys of their own could not open each other's entries. */
  async function ownKey(): Promise<SealingKey> {
    return (await existingKey()) ?? exclusively(async () => (await existingKey()) ?? makeKey())
  }

  async function makeKey(): Promise<SealingKey> {
    const made = newSealingKey()
    await keyring.set(sealingKeyItem, textOf(made))
    if ((await existingKey())?.kid === made.kid) return made
    throw Object.assign(new Error('The keyring of this system does not keep what is stored in it.'), {
      code: 'UNAVAILABLE',
    })
  }

  async function find(key: string): Promise<SealedEnvelope | undefined> {
    const envelope = await files.find(key)
    // Anybody who can write to a backup or a synced folder may have planted an unsealed entry.
    return envelope?.enc === 'A256GCM' ? envelope : undefined
  }

  return {
    async read(key) {
      const envelope = await find(key)
      const own = envelope && (await existingKey())
      const entry = own && unseal(envelope, own)
      if (envelope && !entry) log.debug('skipped a cache entry that was changed, or sealed with another key')
      return entry
    },

    async write(key, entry) {
      await files.put(seal(key, entry, await ownKey()), other => other.enc === 'none')
    },

    remove: files.remove,

    async expiresAt(key) {
      const envelope = await find(key)
      return envelope && endOf(envelope)
    },

    async clear(prefix = '') {
      await files.clear(prefix)
      if (prefix !== '') return
      // Also makes copies in backups useless. The entries are gone even if this fails.
      await keyring.remove(sealingKeyItem).catch(() => log.debug('the key could not be removed from the keyring'))
      known = undefined
    },

    async ready() {
      await ownKey()
    },
  }
}
