import {expectedFailure} from './errors.ts'
import {parseObject, readDate, readObject} from './json.ts'
import type {CacheHome, CredentialCache} from './plugin.ts'
import type {Registry} from './registry.ts'

/** The cache of this call, and why it is this one. */
export interface ChosenCache {
  readonly id: string
  readonly cache: CredentialCache
  /** Whether somebody said so; such a cache is not replaced by another when it fails. */
  readonly byHand: boolean
  /** Why secrets rest in plain text, where nobody has chosen that. */
  readonly insteadOfKeyring: string | undefined
}

export interface CacheChoiceParts {
  readonly home: CacheHome
  readonly registry: Registry
  readonly platform: NodeJS.Platform
  readonly now: () => Date
  /** The small file, shared by all calls of a person on a machine, in which the choice is remembered. */
  readonly note: {readonly read: () => Promise<string | undefined>; readonly write: (text: string) => Promise<void>}
  readonly exists: (path: string) => Promise<boolean>
  /** Whether a failure of the keyring that is remembered counts: a person who signs in may have unlocked it. */
  readonly heedsFailure: boolean
}

/** What is remembered of caches. Losing it costs a warning or a look at the keyring. */
interface Note {
  /** Whether the keyring has worked here. */
  readonly worked?: boolean | undefined
  /** The keyring failed, or there is none: said once, and not tried again for a while. */
  readonly failure?: {readonly at: Date; readonly reason: string} | undefined
  /** The cache used last. */
  readonly cache?: string | undefined
}

// A keyring that has worked is only locked or busy; secrets should not rest in plain text for longer than that.
const failureCountsMilliseconds = {hasWorked: 3_600_000, neverWorked: 7 * 86_400_000}

/** What `AWS_OIDC_CACHE` or the configuration says; `auto` means the keyring where it works, else files in plain text. */
export async function chooseCache(wanted: string, parts: CacheChoiceParts): Promise<ChosenCache> {
  const {home, registry} = parts
  const note = parseNote((await parts.note.read()) ?? '')
  const chosen =
    wanted === 'auto'
      ? await chooseFor(note, parts)
      : {id: wanted, cache: await registry.cache(wanted, home), byHand: true, insteadOfKeyring: undefined}
  await leaveNoShadow(chosen.id, note, parts)
  return chosen
}

async function chooseFor(note: Note, parts: CacheChoiceParts): Promise<ChosenCache> {
  const {home, registry, now, heedsFailure} = parts
  if (home.directory === '') {
    const cache = await registry.cache('memory', home)
    return {id: 'memory', cache, byHand: false, insteadOfKeyring: undefined}
  }
  const file = await registry.cache('file', home)
  const missing = await whyNoKeyring(parts)
  if (missing !== undefined) {
    const cache = note.failure?.reason === missing ? file : sayingOnce(file, () => sayPlain(missing, note, parts))
    return {id: 'file', cache, byHand: false, insteadOfKeyring: missing}
  }
  const failed = note.failure
  const counts = failureCountsMilliseconds[note.worked ? 'hasWorked' : 'neverWorked']
  if (failed && heedsFailure && now().getTime() - failed.at.getTime() < counts) {
    return {id: 'file', cache: file, byHand: false, insteadOfKeyring: failed.reason}
  }
  const keyring = await registry.cache('keyring', home)
  const cache = withFallback(notingSuccess(keyring, note, parts), file, error => sayPlain(error.message, note, parts))
  return {id: 'keyring', cache, byHand: false, insteadOfKeyring: undefined}
}

/** Without a session bus there is no Secret Service; the native library need not be loaded to learn that. */
async function whyNoKeyring({home, platform, exists}: CacheChoiceParts): Promise<string | undefined> {
  if (platform === 'darwin' || platform === 'win32' || home.env.DBUS_SESSION_BUS_ADDRESS) return undefined
  const runtime = home.env.XDG_RUNTIME_DIR
  if (runtime && (await exists(`${runtime}/bus`))) return undefined
  return 'There is no keyring here (no D-Bus session).'
}

/** A failure that was remembered is over when the keyring works. */
function notingSuccess(cache: CredentialCache, note: Note, {note: place}: CacheChoiceParts): CredentialCache {
  return {
    ...cache,
    async ready() {
      await cache.ready?.()
      if (note.worked && !note.failure) return
      await place.write(JSON.stringify({...note, worked: true, failure: undefined})).catch(() => undefined)
    },
  }
}

async function sayPlain(reason: string, note: Note, {home, now, note: place}: CacheChoiceParts): Promise<void> {
  const saidBefore = note.failure !== undefined && note.worked === true
  if (!saidBefore)
    home.log.warn(
      `${reason} Credentials and refresh tokens rest in plain text in ${home.directory}, readable by you only. ` +
        'Say "cache: file" in the configuration to agree, "rememberSignIn: false" of a provider to keep no refresh token; "aws-oidc login" tries the keyring again.',
    )
  const failure = {at: now(), reason}
  // Where nothing can be remembered it is said again.
  await place.write(JSON.stringify({...note, failure})).catch(() => undefined)
}

/** Speaks before anything is kept. */
function sayingOnce(cache: CredentialCache, say: () => Promise<void>): CredentialCache {
  let said: Promise<void> | undefined
  return {
    ...cache,
    async write(key, entry) {
      said ??= say()
      await said
      return cache.write(key, entry)
    },
  }
}

/** A keyring that is locked, hangs or is missing costs no result: from its first failure on the other cache serves. */
function withFallback(
  first: CredentialCache,
  second: CredentialCache,
  onFailure: (error: Error) => Promise<void>,
): CredentialCache {
  let given: Promise<void> | undefined

  async function either<Result>(work: (cache: CredentialCache) => Promise<Result>): Promise<Result> {
    if (given) return given.then(() => work(second))
    try {
      return await work(first)
    } catch (error) {
      // A full disk is no fault of the keyring, and the other cache would meet it too.
      const failure = expectedFailure(error)
      if (failure?.code !== 'UNAVAILABLE') throw error
      given ??= onFailure(failure)
      await given
      return work(second)
    }
  }

  return {
    read: key => either(cache => cache.read(key)),
    write: (key, entry) => either(cache => cache.write(key, entry)),
    remove: key => either(cache => cache.remove(key)),
    clear: prefix => either(cache => cache.clear(prefix)),
    // Entries of both have the same place and tell when they end without being opened.
    expiresAt: async key => (await first.expiresAt?.(key)) ?? second.expiresAt?.(key),
    ready: () => either(async cache => cache.ready?.()),
  }
}

/** An entry in the cache used before must not be served again some day, when what it holds has long been replaced. */
async function leaveNoShadow(id: string, note: Note, {home, registry, note: place}: CacheChoiceParts): Promise<void> {
  const last = note.cache ?? 'file'
  if (id === 'memory' || placeOf(id) === placeOf(last)) return
  try {
    await (await registry.cache(last, home)).clear()
  } catch {
    home.log.debug(`what the cache "${last}" has kept could not be removed`)
  }
  await place.write(JSON.stringify({...note, cache: id})).catch(() => undefined)
}

/** These two replace each other's entries. */
function placeOf(id: string): string {
  return id === 'keyring' ? 'file' : id
}

function parseNote(text: string): Note {
  const {worked, failure, cache} = parseObject(text)
  const {at, reason} = readObject(failure)
  const time = readDate(at)
  return {
    worked: worked === true,
    ...(time && typeof reason === 'string' && {failure: {at: time, reason}}),
    ...(typeof cache === 'string' && {cache}),
  }
}
