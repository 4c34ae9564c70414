import {loadKeyring} from '../outside/keyring-glance.ts'
import {sealingKeyItem} from '../providers/envelope.ts'

/**
 * What `creds` prints of a sealed entry. `undefined`, or a rejection, for whatever is not as it should be: the whole program
 * knows what to do. Rejects with the code TIMED_OUT where the keyring hangs, and the process with it.
 */
export async function documentFrom(value: unknown, cacheFolder: string, now: Date): Promise<string | undefined> {
  const look = await loadKeyring()
  // What opens the entry is loaded while the keyring answers.
  const [key, {openedDocument}] = await Promise.all([look(sealingKeyItem), import('./sealed.ts')])
  return openedDocument(value, key, cacheFolder, now)
}
