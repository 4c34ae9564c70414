import {cp, lchown, readdir, readlink, realpath, rename, rm, symlink} from 'node:fs/promises'
import {dirname, join, relative} from 'node:path'
import {codeOf} from '../../files/code-of.ts'
import {temporaryFor} from '../../files/replace-file.ts'
import {ownerInsteadOfRoot} from './other-users.ts'

/** Folders that are made aside and then put in their place as a whole. */
export interface Trees {
  /** Copies a folder, its links as they are, into one that does not exist yet. Does nothing where there is none. */
  copy(from: string, to: string): Promise<void>
  /**
   * Makes a link lead to another folder: a reader sees all of the earlier one or all of the new one. What can't be
   * replaced at one stroke, such as a folder, is first moved to the name "earlier" beside the parent of the new one.
   */
  lead(link: string, to: string): Promise<void>
  /** Where a link leads; `undefined` where there is none. */
  whereLeads(link: string): Promise<string | undefined>
  /** Removes all that is in a folder but what has one of these names. */
  keepOnly(folder: string, names: readonly string[]): Promise<void>
}

export const systemTrees: Trees = {
  async copy(from, to) {
    const original = await realpath(from).catch(absent)
    if (original === undefined) return
    // Links inside, such as npm's in ".bin", lead from one part to another.
    await cp(original, to, {recursive: true, verbatimSymlinks: true})
    const user = await ownerInsteadOfRoot(dirname(to))
    if (!user) return
    await lchown(to, user.uid, user.gid)
    for (const path of await readdir(to, {recursive: true})) await lchown(join(to, path), user.uid, user.gid)
  },

  async lead(link, to) {
    const temporary = temporaryFor(link)
    const isWindows = process.platform === 'win32'
    // Relative, so that the whole may be moved; a junction, which needs no privilege, can't be.
    await symlink(isWindows ? to : relative(dirname(link), to), temporary, isWindows ? 'junction' : 'dir')
    try {
      const user = await ownerInsteadOfRoot(dirname(link))
      if (user) await lchown(temporary, user.uid, user.gid)
      await renameOver(temporary, link, join(dirname(dirname(to)), 'earlier'))
    } catch (error) {
      await rm(temporary, {force: true})
      throw error
    }
  },

  whereLeads: link => readlink(link).catch(absent),

  async keepOnly(folder, names) {
    for (const name of (await readdir(folder).catch(absent)) ?? []) {
      if (!names.includes(name)) await rm(join(folder, name), {recursive: true, force: true})
    }
  },
}

/** No such file, or no link (EINVAL; on Windows also UNKNOWN). Throws any other error. */
function absent(error: unknown): undefined {
  if (!['ENOENT', 'EINVAL', 'UNKNOWN'].includes(codeOf(error))) throw error
  return undefined
}

const inTheWay = ['EISDIR', 'ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES']

async function renameOver(from: string, to: string, aside: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (!inTheWay.includes(codeOf(error))) throw error
    await rename(to, aside)
    try {
      await rename(from, to)
    } catch (again) {
      await rename(aside, to)
      throw again
    }
  }
}
