import {memoryKey} from '../cache/keys.ts'
import type {Store} from '../cache/store.ts'
import type {Memory} from '../plugin.ts'

/** A strategy's memory that can say what was put into it during this sign-in. */
export interface SignInMemory extends Memory {
  /** Writes once more what this sign-in has written, after everything of another person was removed. */
  restore(): Promise<void>
  /** Whether what is there under a name could be replaced by something else: it is written once more, as it is. */
  takes(name: string): Promise<boolean>
}

/**
 * A provider's memory in the cache. Forgetful, it shows nothing that was there before: that is how somebody is asked
 * anew while what is remembered stays until the new sign-in has succeeded.
 */
export function memoryOf(
  providerId: string,
  store: Store,
  options: {readonly forgetful: boolean; readonly makeFolder: () => Promise<string>},
): SignInMemory {
  const written = new Map<string, {readonly value: string; readonly expiresAt: Date}>()
  return {
    async get(name) {
      const own = written.get(name)
      if (own || options.forgetful) return own?.value
      return (await store.read(memoryKey(providerId, name)))?.value
    },
    async set(name, value, expiresAt) {
      written.set(name, {value, expiresAt})
      await store.write(memoryKey(providerId, name), value, expiresAt)
    },
    async delete(name) {
      written.delete(name)
      if (!options.forgetful) await store.remove(memoryKey(providerId, name))
    },
    directory: options.makeFolder,
    async takes(name) {
      const entry = await store.read(memoryKey(providerId, name))
      return entry !== undefined && (await store.write(memoryKey(providerId, name), entry.value, entry.expiresAt))
    },
    async restore() {
      for (const [name, {value, expiresAt}] of written) await store.write(memoryKey(providerId, name), value, expiresAt)
    },
  }
}
