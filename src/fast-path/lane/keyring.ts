import {loadKeyring} from '../../outside/system/keyring-glance.ts'
import {sealingKeyItem} from '../../providers/envelope.ts'
import {readPointer} from '../pointer.ts'
import {findEntry} from './entry.ts'

/**
 * What `creds` prints for a sealed entry; `undefined`, or a rejection, for anything unusual, which the whole program
 * handles. Rejects with the code TIMED_OUT if the keyring hangs, which keeps the process from ending.
 */
export async function documentFrom(value: unknown, cacheFolder: string, now: Date): Promise<string | undefined> {
  const pointer = readPointer(value)
  const envelope = pointer?.cache === 'keyring' ? findEntry(pointer, cacheFolder) : undefined
  // Anybody who can write to a backup may have planted a plain-text entry. If we wrote it, the keyring has failed, and
  // nobody should wait for that keyring again.
  if (!pointer || envelope?.enc !== 'A256GCM') return undefined
  const look = await loadKeyring()
  // The code that opens the entry is loaded while the keyring answers.
  const [key, {openedDocument}] = await Promise.all([look(sealingKeyItem), import('./sealed.ts')])
  return openedDocument(envelope, key, pointer, now)
}
