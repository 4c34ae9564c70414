import {type Stats, statSync} from 'node:fs'
import {stat} from 'node:fs/promises'
import {dirname} from 'node:path'

export interface User {
  readonly uid: number
  readonly gid: number
}

/**
 * The owner of a folder in which root, as under `sudo -E`, makes files for another user; `undefined` in all other
 * cases.
 */
export async function ownerInsteadOfRoot(folder: string): Promise<User | undefined> {
  return isRoot() ? otherThanRoot(await stat(folder)) : undefined
}

/** Whether we are root and a folder belongs to another user, or would be made inside another user's folder. */
export function isOthersPlace(folder: string): boolean {
  if (!isRoot()) return false
  for (let at = folder; ; at = dirname(at)) {
    const found = look(at)
    if (found) return otherThanRoot(found) !== undefined
    if (dirname(at) === at) return false
  }
}

/** On NFS not even root may examine everything. */
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
