import {loadKeyring} from '../../outside/system/keyring-glance.ts'
import {sealingKeyItem} from '../../providers/envelope.ts'
import {readPointer} from '../pointer.ts'
import {findEntry} from './entry.ts'

/**
 * What `creds` prints of a sealed entry. `undefined`, or a rejection, for whatever is not as it should be: the whole program
 * knows what to do. Rejects with the code TIMED_OUT where the keyring hangs, and the process with it.
 */
export async function documentFrom(value: unknown, cacheFolder: string, now: Date): Promise<string | undefined> {
  const pointer = readPointer(value)
  const envelope = pointer?.cache === 'keyring' ? findEntry(pointer, cacheFolder) : undefined
  // One in plain text may have been put there by anybody who can write to a backup. Where the keyring has failed, we have
  // written it, and nobody is to wait for that keyring again.
  if (!pointer || envelope?.enc !== 'A256GCM') return undefined
  const look = await loadKeyring()
  // What opens the entry is loaded while the keyring answers.
  const [key, {openedDocument}] = await Promise.all([look(sealingKeyItem), import('./sealed.ts')])
  return openedDocument(envelope, key, pointer, now)
}
