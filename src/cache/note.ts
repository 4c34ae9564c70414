import {parseObject, readDate, readObject, readTexts} from '../text/json.ts'

/** What is remembered about the caches. Losing it costs a warning, or a look at the keyring. */
export interface CacheNote {
  /** Whether the keyring has worked here. */
  readonly worked: boolean
  /** The keyring's last failure, if it has not worked since. */
  readonly failure?: KeyringFailure | undefined
  /** Whether the user was told that there is no keyring here. Another session of theirs may have one. */
  readonly saidMissing: boolean
  /** The ids of caches that may hold entries, the last one used at the end. */
  readonly used: readonly string[]
}

export interface KeyringFailure {
  readonly at: Date
  readonly reason: string
  /** Whether the user was told that secrets rest in plain text because of it. */
  readonly said: boolean
}

export interface NoteBook {
  read(): Promise<CacheNote>
  /** Changes the note as it is now: another process may have written it since. A failed write is ignored. */
  change(change: (note: CacheNote) => CacheNote): Promise<void>
}

/** The note's file, shared by all calls of a user on a machine. */
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
    // A call that noted nothing has kept files.
    used: names.length > 0 ? names : ['file'],
  }
}
