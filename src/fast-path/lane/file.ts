import {endOf} from '../../providers/envelope.ts'
import {readPointer} from '../pointer.ts'
import {documentOf, findEntry} from './entry.ts'

/** What `creds` prints of an entry in plain text. `undefined` for whatever is not as it should be: the whole program knows what to do. */
export async function documentFrom(value: unknown, cacheFolder: string, now: Date): Promise<string | undefined> {
  const pointer = readPointer(value)
  const envelope = pointer?.cache === 'file' ? findEntry(pointer, cacheFolder) : undefined
  return pointer && envelope?.enc === 'none' ? documentOf(envelope.data, endOf(envelope), pointer, now) : undefined
}
