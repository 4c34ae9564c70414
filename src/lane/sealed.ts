import {readPointer} from '../pointer.ts'
import {parseSealingKey, unseal} from '../providers/sealing.ts'
import {documentOf, findEntry} from './entry.ts'

/** The document of a sealed entry. One in plain text may have been put there by anybody who can write to a backup. */
export function openedDocument(
  value: unknown,
  keyText: string | undefined,
  cacheFolder: string,
  now: Date,
): string | undefined {
  const pointer = readPointer(value)
  const key = parseSealingKey(keyText)
  const envelope = pointer?.cache === 'keyring' ? findEntry(pointer, cacheFolder) : undefined
  const entry = key && envelope?.enc === 'A256GCM' ? unseal(envelope, key) : undefined
  return pointer && entry && documentOf(entry.value, entry.expiresAt, pointer, now)
}
