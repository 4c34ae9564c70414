import {type Stats, statSync} from 'node:fs'
import {stat} from 'node:fs/promises'
import {dirname} from 'node:path'

export interface User {
  readonly uid: number
  readonly gid: number
}

/** To whom belongs what is made in a folder by root, as under `sudo -E`: whose folder that is. `undefined` for all others. */
export async function ownerInsteadOfRoot(folder: string): Promise<User | undefined> {
  return isRoot() ? otherThanRoot(await stat(folder)) : undefined
}

/** Whether we are root, and a folder is another user's, or would be made in theirs. */
export function isOthersPlace(folder: string): boolean {
  if (!isRoot()) return false
  for (let at = folder; ; at = dirname(at)) {
    const found = look(at)
    if (found) return otherThanRoot(found) !== undefined
    if (dirname(at) === at) return false
  }
}

/** On NFS not even root may look at everything. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path, {throwIfNoEntry: false})
  } catch {
    return undefined
  }
}

function isRoot(): boolean {
  return process.geteuid?.() === 0
}

function otherThanRoot({uid, gid}: Stats): User | undefined {
  return uid === 0 ? undefined : {uid, gid}
}
