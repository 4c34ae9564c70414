import {isFresh, parseIssued} from '../../credentials/issued.ts'
import {processDocument} from '../../formats/process.ts'
import {readEntry} from '../../providers/cache-entry.ts'
import type {Envelope} from '../../providers/envelope.ts'
import type {Pointer} from '../pointer.ts'

/** The cache entry that a pointer leads to; `cacheFolder` holds all that this program caches. */
export function findEntry({entry, key}: Pointer, cacheFolder: string): Envelope | undefined {
  const directory = `${cacheFolder}/v1`
  const envelope = readEntry(`${directory}/${entry}`, directory)
  return envelope?.key === key ? envelope : undefined
}

/** The document to print; `undefined` unless the credentials are fresh and for the pointer's role. */
export function documentOf(value: string, expiresAt: Date, {role}: Pointer, now: Date): string | undefined {
  const issued = parseIssued(value, expiresAt)
  if (issued?.role !== role || !isFresh(issued, now)) return undefined
  return processDocument(issued.credentials, issued.accountId)
}
