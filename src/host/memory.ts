import {memoryKey} from '../cache/keys.ts'
import type {Store} from '../cache/store.ts'
import type {Memory} from '../plugin.ts'

/** A strategy's memory that keeps track of its writes during this sign-in. */
export interface SignInMemory extends Memory {
  /** Repeats the writes of this sign-in, after the entries of another user were removed. */
  restore(): Promise<void>
  /** Whether the entry `name` exists and can be replaced; tries by writing it again unchanged. */
  takes(name: string): Promise<boolean>
}

/**
 * A provider's memory in the cache. A `forgetful` memory hides all earlier entries without deleting them: so the user
 * is asked again, and the earlier sign-in stays until the new one has succeeded.
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
