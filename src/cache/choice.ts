import type {CacheHome, CredentialCache} from '../plugin.ts'
import type {Registry} from '../registry/registry.ts'
import {isRecent, keyringElsePlain} from './fallback.ts'
import {type CacheNote, type NoteBook, type NotePlace, noteBookAt} from './note.ts'
import {cacheName, notCleared} from './store.ts'

/** The cache that this call uses, and why. */
export interface ChosenCache {
  readonly id: string
  readonly cache: CredentialCache
  /** Whether the user chose it. Such a cache has no fallback when it fails. */
  readonly byHand: boolean
  /** Why `auto` did not choose the keyring; `undefined` if it did, or if the user chose. */
  readonly insteadOfKeyring: string | undefined
  /** Removes entries from every other cache that may hold some. Rejects when one can't be cleared. */
  clearOthers(prefix?: string): Promise<void>
}

export interface CacheChoiceDependencies {
  readonly home: CacheHome
  readonly registry: Registry
  readonly platform: NodeJS.Platform
  readonly now: () => Date
  readonly note: NotePlace
  readonly exists: (path: string) => Promise<boolean>
  /** Whether this is a job of a CI system. */
  readonly inCi: boolean
  /** Whether the user typed a command about signing in: they may have unlocked the keyring, and are told more. */
  readonly byUser: boolean
}

type Choice = Omit<ChosenCache, 'clearOthers'>

// A keyring that has worked is only locked or busy: its failure must not keep secrets in plain text for long.
const failureCountsMilliseconds = {hasWorked: 3_600_000, neverWorked: 7 * 86_400_000}

/** Opens the wanted cache. `auto` is the keyring where it works, else plain-text files; in a CI job, memory. */
export async function chooseCache(wanted: string, deps: CacheChoiceDependencies): Promise<ChosenCache> {
  const book = noteBookAt(deps.note)
  const note = await book.read()
  const choice =
    wanted === 'auto'
      ? await chooseFor(note, book, deps)
      : {id: wanted, cache: await cacheByHand(wanted, book, deps), byHand: true, insteadOfKeyring: undefined}
  await leaveNoShadow(choice, note, book, deps)
  return {...choice, clearOthers: prefix => clearOthers(choice.id, prefix, book, deps)}
}

/** Notes that the keyring has worked even if the user chose it: its key stays there until everything is cleared. */
async function cacheByHand(
  id: string,
  book: NoteBook,
  {home, registry}: CacheChoiceDependencies,
): Promise<CredentialCache> {
  const cache = await registry.cache(id, home)
  if (id !== 'keyring') return cache
  return {
    ...cache,
    async ready() {
      await cache.ready?.()
      await book.change(note => (note.worked ? note : {...note, worked: true}))
    },
  }
}

async function chooseFor(note: CacheNote, book: NoteBook, deps: CacheChoiceDependencies): Promise<Choice> {
  const {home, registry, now, byUser, inCi} = deps
  const unkept = whyNothingKept(home.directory, inCi)
  if (unkept !== undefined) return nothingKept(unkept, deps)

  const plain = await registry.cache('file', home)
  const missing = await whyNoKeyring(deps)
  if (missing !== undefined) {
    const cache = telling(plain, () => sayMissing(missing, book, deps))
    return {id: 'file', cache, byHand: false, insteadOfKeyring: missing}
  }
  const counts = failureCountsMilliseconds[note.worked ? 'hasWorked' : 'neverWorked']
  const failed = !byUser && note.failure && isRecent(note.failure, counts, now()) ? note.failure : undefined
  const sealed = await registry.cache('keyring', home)
  const beginsPlain = failed !== undefined
  const warn = (reason: string) => home.log.warn(plainTextIn(home.directory, reason))
  const cache = keyringElsePlain({sealed, plain, book, note, beginsPlain, now, warn})
  return {id: beginsPlain ? 'file' : 'keyring', cache, byHand: false, insteadOfKeyring: failed?.reason}
}

/** Why `auto` keeps nothing after a command ends; `undefined` if it keeps entries. */
export function whyNothingKept(directory: string, inCi: boolean): string | undefined {
  if (directory === '') return 'There is no folder for files here.'
  // The next job on this machine may be somebody else's. See docs/decisions/0009-keyring.md.
  return inCi ? 'This is a CI job (CI is set).' : undefined
}

async function nothingKept(reason: string, {home, registry, byUser}: CacheChoiceDependencies): Promise<Choice> {
  const memory = await registry.cache('memory', home)
  const say = async () =>
    home.log.warn(`${reason} Nothing is kept when this command ends, unless you set "cache: file".`)
  // Programs have no use for the warning, and would get it with each call.
  return {
    id: 'memory',
    cache: byUser ? telling(memory, say) : memory,
    byHand: false,
    insteadOfKeyring: reason,
  }
}

/** Why there is no keyring: no session bus means no Secret Service. Learned without loading the native library. */
export async function whyNoKeyring({
  home,
  platform,
  exists,
}: Pick<CacheChoiceDependencies, 'platform' | 'exists'> & {
  readonly home: Pick<CacheHome, 'env'>
}): Promise<string | undefined> {
  if (platform === 'darwin' || platform === 'win32' || home.env.DBUS_SESSION_BUS_ADDRESS) return undefined
  const runtime = home.env.XDG_RUNTIME_DIR
  if (runtime && (await exists(`${runtime}/bus`))) return undefined
  return 'There is no keyring here (no D-Bus session).'
}

async function sayMissing(missing: string, book: NoteBook, {home}: CacheChoiceDependencies): Promise<void> {
  if (!(await book.read()).saidMissing) home.log.warn(plainTextIn(home.directory, missing))
  await book.change(note => ({...note, saidMissing: true}))
}

function plainTextIn(directory: string, reason: string): string {
  return (
    `${reason} Credentials and refresh tokens are stored in plain text in ${directory}, readable by you only. ` +
    'Set "cache: file" in the configuration to agree, or "rememberSignIn: false" for a provider to store no refresh token; "aws-oidc login" tries the keyring again.'
  )
}

/** Calls `say` once, after the first entry is written. */
function telling(cache: CredentialCache, say: () => Promise<void>): CredentialCache {
  let said: Promise<void> | undefined
  return {
    ...cache,
    async write(key, entry) {
      await cache.write(key, entry)
      said ??= say()
      await said
    },
  }
}

/** Clears the caches used before, so that an outdated entry of theirs is never served again. */
async function leaveNoShadow(
  {id}: Choice,
  {used}: CacheNote,
  book: NoteBook,
  deps: CacheChoiceDependencies,
): Promise<void> {
  const place = placeOf(id)
  if (id === 'memory' || placeOf(used.at(-1) ?? '') === place) return
  const kept: string[] = []
  // That includes this cache if it could not be cleared when we left it: its entries are as outdated.
  for (const other of used) if (!(await isCleared(other, deps)) && placeOf(other) !== place) kept.push(other)
  await book.change(note => ({...note, used: [...kept, place]}))
}

async function isCleared(id: string, {home, registry}: CacheChoiceDependencies): Promise<boolean> {
  try {
    await (await registry.cache(id, home)).clear()
    return true
  } catch {
    home.log.debug(`the entries of the cache "${id}" could not be removed`)
    return false
  }
}

async function clearOthers(
  id: string,
  prefix: string | undefined,
  book: NoteBook,
  {home, registry}: CacheChoiceDependencies,
): Promise<void> {
  const {used, worked} = await book.read()
  // Older calls that noted nothing may have kept files.
  const others = new Set([...used, 'file'].filter(other => placeOf(other) !== placeOf(id) && other !== 'memory'))
  // Clearing everything removes the keyring's key as well, which would open copies of the files in backups.
  if (worked && id !== 'keyring') others.add('keyring')
  for (const other of others) {
    const cache = await registry.cache(other, home).catch((error: Error) => {
      home.log.warn(`The entries of the cache "${other}" were not removed: ${error.message}`)
    })
    await cache?.clear(prefix).catch((error: unknown) => {
      throw notCleared(cacheName(other, registry.pluginOfCache(other)), error)
    })
  }
}

/** The caches `keyring` and `file` share their files, so each replaces the other's entries. */
function placeOf(id: string): string {
  return id === 'keyring' ? 'file' : id
}
