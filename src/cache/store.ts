import {AwsOidcError, expectedFailure} from '../errors.ts'
import type {CacheEntry, CredentialCache, Log} from '../plugin.ts'

/**
 * A cache as the host uses it: it may lose an entry, but never cost a result. An unreadable entry counts as absent, and
 * a failed write is a warning.
 */
export interface Store {
  /** Rejects if the cache can't be used and is `strict`. Call it before the user is asked. */
  ready(): Promise<void>
  /** An entry that has not expired. Rejects if a `strict` cache can't be read. */
  read(key: string): Promise<CacheEntry | undefined>
  /** Resolves to whether the entry was written. */
  write(key: string, value: string, expiresAt: Date): Promise<boolean>
  remove(key: string): Promise<void>
  /** Rejects if any entry could not be removed: whoever clears a cache must know. */
  clear(prefix?: string): Promise<void>
  /** When an entry expires or has expired; `undefined` if there is none. */
  endOf(key: string): Promise<Date | undefined>
  /** Whether there is such an entry, as far as that shows without opening it: the keyring is not asked. */
  holds(key: string): Promise<boolean>
}

export interface StoreOptions {
  /** Whether a cache that can't be read is an error: set if the user chose it. A failed write stays a warning. */
  readonly strict?: boolean
  /** The plugin that brings the cache, for messages. */
  readonly plugin?: string | undefined
  /** Removes entries from every other cache that may hold some. */
  readonly clearOthers?: (prefix?: string) => Promise<void>
}

/** What a failure of the cache leads to, by what could not be done. */
const consequences = {
  read: 'The next call will do the work again.',
  written: 'The next call will do the work again.',
  changed: 'What should be gone is still there; "aws-oidc cache clear" removes it.',
}

export function storeOver(
  cache: CredentialCache,
  id: string,
  log: Log,
  now: () => Date,
  {strict = false, plugin, clearOthers = async () => undefined}: StoreOptions = {},
): Store {
  const named = cacheName(id, plugin)
  let warned = false

  async function orWarn<Result>(
    what: keyof typeof consequences,
    work: () => Promise<Result>,
  ): Promise<Result | undefined> {
    try {
      return await work()
    } catch (error) {
      throwIfInterrupted(error)
      if (strict && what === 'read') throw unusable(error)
      if (!warned) log.warn(`${named} could not be ${what}: ${reasonOf(error)}. ${consequences[what]}`)
      warned = true
      return undefined
    }
  }

  async function read(key: string): Promise<CacheEntry | undefined> {
    const entry = await orWarn('read', () => cache.read(key))
    return entry && entry.expiresAt > now() ? entry : undefined
  }

  function unusable(error: unknown): AwsOidcError {
    const known = expectedFailure(error)
    return new AwsOidcError(known?.code ?? 'PLUGIN_FAILED', `${named} can't be used: ${reasonOf(error)}.`, {
      hint: known?.hint ?? 'Set "cache: file", or fix that cache.',
      cause: error,
    })
  }

  return {
    async ready() {
      try {
        await cache.ready?.()
      } catch (error) {
        throwIfInterrupted(error)
        if (strict) throw unusable(error)
        log.debug(`the cache "${id}" is not ready: ${reasonOf(error)}`)
      }
    },
    read,
    async write(key, value, expiresAt) {
      const kept = await orWarn('written', () => cache.write(key, {value, expiresAt}).then(() => true))
      return kept ?? false
    },
    remove: async key => void (await orWarn('changed', () => cache.remove(key))),
    async clear(prefix) {
      const clearOwn = () => cache.clear(prefix).catch((error: unknown) => Promise.reject(notCleared(named, error)))
      const endings = await Promise.allSettled([clearOwn(), clearOthers(prefix)])
      for (const ending of endings) if (ending.status === 'rejected') throw ending.reason
    },
    async holds(key) {
      try {
        return (await cache.expiresAt?.(key)) !== undefined
      } catch {
        // The caller is about to clear the cache, which reports what is wrong with it.
        return false
      }
    },
    async endOf(key) {
      const {expiresAt} = cache
      return orWarn('read', async () => (expiresAt ? expiresAt.call(cache, key) : (await cache.read(key))?.expiresAt))
    },
  }
}

/** A cache, and the plugin that brings it, at the start of a sentence. */
export function cacheName(id: string, plugin: string | undefined): string {
  return `The cache "${id}"${plugin === undefined ? '' : ` of ${plugin}`}`
}

export function notCleared(what: string, error: unknown): AwsOidcError {
  return new AwsOidcError('PLUGIN_FAILED', `${what} could not be cleared: ${reasonOf(error)}.`, {
    hint: 'Remove what is left by hand; "aws-oidc cache info" says where it is.',
    cause: error,
  })
}

/** A user who pressed Ctrl-C while we waited for the keyring wants no result any more. */
function throwIfInterrupted(error: unknown): void {
  const {code} = expectedFailure(error) ?? {}
  if (code === 'INTERRUPTED' || code === 'TERMINATED') throw error
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '')
}
