import {endOf} from '../../providers/envelope.ts'
import {readPointer} from '../pointer.ts'
import {documentOf, findEntry} from './entry.ts'

/** What `creds` prints for a plain-text entry; `undefined` for anything unusual, which the whole program handles. */
export async function documentFrom(value: unknown, cacheFolder: string, now: Date): Promise<string | undefined> {
  const pointer = readPointer(value)
  const envelope = pointer?.cache === 'file' ? findEntry(pointer, cacheFolder) : undefined
  return pointer && envelope?.enc === 'none' ? documentOf(envelope.data, endOf(envelope), pointer, now) : undefined
}
