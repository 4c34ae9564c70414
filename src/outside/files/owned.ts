import {lchown} from 'node:fs/promises'
import {dirname} from 'node:path'
import {makeFolder} from '../../files/make-folder.ts'
import {type Replacement, replaceFile} from '../../files/replace-file.ts'
import {ownerInsteadOfRoot} from './other-users.ts'

// What root makes in a folder of another user, as under `sudo -E`, is given to that user.

/** Makes a folder and its missing parents, closed to others (0700). */
export function makeOwnedFolder(path: string): Promise<void> {
  return makeFolder(path, async folder => {
    const user = await ownerInsteadOfRoot(dirname(folder))
    if (user) await lchown(folder, user.uid, user.gid)
  })
}

/** Replaces a whole file: a reader sees the old one or the new one. A failure leaves nothing behind. */
export function replaceOwnedFile(path: string, {mode, fill}: Omit<Replacement, 'temporary'>): Promise<void> {
  return replaceFile(path, {
    mode,
    async fill(file) {
      const user = await ownerInsteadOfRoot(dirname(path))
      if (user) await file.chown(user.uid, user.gid)
      await fill(file)
    },
  })
}
