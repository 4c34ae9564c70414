import {expectedFailure} from '../errors.ts'
import type {CacheEntry, CredentialCache} from '../plugin.ts'
import type {CacheNote, KeyringFailure, NoteBook} from './note.ts'

export interface FallbackDependencies {
  /** Entries sealed with a key of the keyring. */
  readonly sealed: CredentialCache
  /** The same entries in plain text. Both use the same files, so that writing one replaces the other. */
  readonly plain: CredentialCache
  readonly book: NoteBook
  /** The note as it stood when this call began. */
  readonly note: CacheNote
  /** Whether to begin with plain text, because the keyring has failed recently. */
  readonly beginsPlain: boolean
  readonly now: () => Date
  /** Tells the user that secrets rest in plain text, and why. */
  readonly warn: (reason: string) => void
}

// A keyring that has just kept a call waiting is left alone by the next ones.
const pauseMilliseconds = 60_000

/** The keyring where it works, else plain text: a locked, hanging or missing keyring costs no result. */
export function keyringElsePlain(deps: FallbackDependencies): CredentialCache {
  const {sealed, plain, book, note, now} = deps
  let isPlain = deps.beginsPlain
  /** Why the keyring has failed in this call. */
  let failed: string | undefined
  let wasShown = false

  /** Resolves to `undefined` if the keyring fails; this call then goes on in plain text. */
  async function withKeyring<Result>(work: () => Promise<Result>): Promise<{readonly result: Result} | undefined> {
    try {
      return {result: await work()}
    } catch (error) {
      // A full disk is no fault of the keyring, and plain text would meet it too.
      const failure = expectedFailure(error)
      if (failure?.code !== 'UNAVAILABLE') throw error
      isPlain = true
      failed = failure.message
      await noteFailure(failure.message)
      return undefined
    }
  }

  async function noteFailure(reason: string): Promise<void> {
    await book.change(current => ({
      ...current,
      failure: {at: now(), reason, said: current.failure?.said ?? false},
    }))
  }

  async function writePlain(key: string, entry: CacheEntry): Promise<void> {
    await plain.write(key, entry)
    if (wasShown) return
    wasShown = true
    // Warn once until the keyring works again; where nothing can be noted, in each call.
    const {failure} = await book.read()
    const reason = failure?.reason ?? failed
    if (failure?.said || reason === undefined) return
    deps.warn(reason)
    await book.change(current => (current.failure ? {...current, failure: {...current.failure, said: true}} : current))
  }

  async function noteSuccess(): Promise<void> {
    await book.change(current =>
      current.worked && !current.failure ? current : {...current, worked: true, failure: undefined},
    )
  }

  /** Whether the keyring has failed another process since this one began: entries kept since then are in plain text. */
  async function failedMeanwhile(): Promise<boolean> {
    const {failure} = await book.read()
    return failure !== undefined && timeOf(failure) !== timeOf(note.failure)
  }

  async function read(key: string): Promise<CacheEntry | undefined> {
    if (!isPlain) {
      const opened = await withKeyring(() => sealed.read(key))
      if (opened?.result) return opened.result
      isPlain ||= await failedMeanwhile()
    }
    // Entries kept while the keyring was failing are as good as any.
    const entry = isPlain || note.failure ? await plain.read(key) : undefined
    return entry ?? (isPlain ? reopened(key) : undefined)
  }

  /** Tries a failed keyring once more for a sealed entry that has not expired, before the user has to sign in. */
  async function reopened(key: string): Promise<CacheEntry | undefined> {
    if (failed !== undefined || ((await sealed.expiresAt?.(key)) ?? now()) <= now()) return undefined
    const {failure} = await book.read()
    if (failure && isRecent(failure, pauseMilliseconds, now())) return undefined
    const opened = await withKeyring(() => sealed.read(key))
    if (!opened?.result) return undefined
    isPlain = false
    await noteSuccess()
    return opened.result
  }

  return {
    read,
    async write(key, entry) {
      if (!isPlain && (await withKeyring(() => sealed.write(key, entry)))) return
      await writePlain(key, entry)
    },
    async remove(key) {
      await plain.remove(key)
      await sealed.remove(key)
    },
    async clear(prefix) {
      await plain.clear(prefix)
      await sealed.clear(prefix)
    },
    async expiresAt(key) {
      const end = isPlain || note.failure ? await plain.expiresAt?.(key) : undefined
      return end ?? sealed.expiresAt?.(key)
    },
    async ready() {
      if (isPlain) return
      if (await failedMeanwhile()) isPlain = true
      else if (await withKeyring(async () => sealed.ready?.())) await noteSuccess()
    },
  }
}

/** Whether a failure is younger than `milliseconds`. One in the future was noted under another clock, and is not. */
export function isRecent({at}: KeyringFailure, milliseconds: number, now: Date): boolean {
  const age = now.getTime() - at.getTime()
  return age >= 0 && age < milliseconds
}

function timeOf(failure: KeyringFailure | undefined): number | undefined {
  return failure?.at.getTime()
}
