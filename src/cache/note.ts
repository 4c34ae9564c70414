import {parseObject, readDate, readObject, readTexts} from '../text/json.ts'

/** What is remembered of caches. Losing it costs a warning, or a look at the keyring. */
export interface CacheNote {
  /** Whether the keyring has worked here. */
  readonly worked: boolean
  /** With what the keyring has failed since it worked last. */
  readonly failure?: KeyringFailure | undefined
  /** Whether somebody was told that there is no keyring here. Another session of theirs may have one. */
  readonly saidMissing: boolean
  /** Caches that may hold entries, the one used last at the end. */
  readonly used: readonly string[]
}

export interface KeyringFailure {
  readonly at: Date
  readonly reason: string
  /** Whether somebody was told that secrets rest in plain text because of it. */
  readonly said: boolean
}

export interface NoteBook {
  read(): Promise<CacheNote>
  /** Changes what stands there now: another process may have written since. What can't be written is forgotten. */
  change(change: (note: CacheNote) => CacheNote): Promise<void>
}

/** The small file, shared by all calls of a person on a machine. */
export interface NotePlace {
  readonly read: () => Promise<string | undefined>
  readonly write: (text: string) => Promise<void>
}

export function noteBookAt({read, write}: NotePlace): NoteBook {
  const readNote = async () => parseNote((await read().catch(() => undefined)) ?? '')
  return {
    read: readNote,
    async change(change) {
      const before = await readNote()
      const after = change(before)
      if (after !== before) await write(JSON.stringify(after)).catch(() => undefined)
    },
  }
}

function parseNote(text: string): CacheNote {
  const {worked, failure, saidMissing, used} = parseObject(text)
  const {at, reason, said} = readObject(failure)
  const time = readDate(at)
  const names = readTexts(used)
  return {
    worked: worked === true,
    ...(time && typeof reason === 'string' && {failure: {at: time, reason, said: said === true}}),
    saidMissing: saidMissing === true,
    // Files are what a call keeps that has noted nothing.
    used: names.length > 0 ? names : ['file'],
  }
}
