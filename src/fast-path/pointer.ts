/**
 * Pointers say where the cache holds a profile's credentials, for calls that find no hot copy. They hold no secret. The
 * lanes in lane/ follow them without the rest of this program. See docs/decisions/0018-pointers.md.
 */
import {readObject} from '../text/json.ts'

export interface Pointer {
  /** Which of the two file-based caches wrote the entry, and must read it. */
  readonly cache: 'file' | 'keyring'
  /** The name of the entry's file. */
  readonly entry: string
  readonly key: string
  /** The role of the credentials. */
  readonly role: string
}

/** The pointer in a file's JSON; `undefined` for anything else, such as a name that leads out of the cache. */
export function readPointer(value: unknown): Pointer | undefined {
  const {cache, entry, key, role} = readObject(value)
  if ((cache !== 'file' && cache !== 'keyring') || typeof entry !== 'string' || !/^[0-9a-f]{64}\.json$/.test(entry))
    return undefined
  return typeof key === 'string' && typeof role === 'string' ? {cache, entry, key, role} : undefined
}
