import type {CacheHome, CredentialCache} from '../plugin.ts'
import {cacheFilesIn} from './cache-files.ts'
import {endOf, type SealedEnvelope, sealingKeyItem} from './envelope.ts'
import {newSealingKey, parseSealingKey, type SealingKey, seal, textOf, unseal} from './sealing.ts'

/**
 * Entries as files sealed with one key that rests in the system's keyring. What can't be opened is absent; rejects
 * where the keyring can't be used, which is something else.
 */
export function keyringCache({directory, keyring, exclusively, log}: CacheHome): CredentialCache {
  const files = cacheFilesIn(directory)
  let known: SealingKey | undefined
  let asking: Promise<SealingKey | undefined> | undefined

  /** However many entries are read at once, the keyring is asked once. */
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

  /** Two processes that each made a key would lose what the other one seals: the second waits and takes the first's. */
  async function ownKey(): Promise<SealingKey> {
    return (await existingKey()) ?? exclusively(async () => (await existingKey()) ?? makeKey())
  }

  async function makeKey(): Promise<SealingKey> {
    const made = newSealingKey()
    await keyring.set(sealingKeyItem, textOf(made))
    if ((await existingKey())?.kid === made.kid) return made
    throw Object.assign(new Error('The keyring of this system does not keep what it is given.'), {code: 'UNAVAILABLE'})
  }

  async function find(key: string): Promise<SealedEnvelope | undefined> {
    const envelope = await files.find(key)
    // In plain text it may have been put there by anybody who can write to a backup or a synced folder.
    return envelope?.enc === 'A256GCM' ? envelope : undefined
  }

  return {
    async read(key) {
      const envelope = await find(key)
      const own = envelope && (await existingKey())
      const entry = own && unseal(envelope, own)
      if (envelope && !entry)
        log.debug('an entry of the cache was sealed with another key, or changed; it is passed over')
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
      // Copies in backups can't be opened any more either. What matters most is done, keyring or not.
      await keyring.remove(sealingKeyItem).catch(() => log.debug('the key could not be removed from the keyring'))
      known = undefined
    },

    async ready() {
      await ownKey()
    },
  }
}
