import {stat, statfs} from 'node:fs/promises'
import {dirname} from 'node:path'
import {isOwn, type OwnFolder, ownFolderAt} from './own-folder.ts'

export interface MemoryFolders {
  /** A folder in memory, gone after a reboot; `undefined` where the machine offers no place for one. */
  open(): Promise<OwnFolder | undefined>
  /** The path that `open` would use, or `undefined`. Makes nothing. */
  place(): Promise<string | undefined>
  removeAll(): Promise<void>
}

// https://man7.org/linux/man-pages/man2/statfs.2.html
const inMemory: ReadonlySet<number> = new Set([0x01021994, 0x858458f6])

/** Below XDG_RUNTIME_DIR: the one place that belongs to the user and is in memory on every common Linux. */
export function systemMemoryFolders(path: string | undefined): MemoryFolders {
  const {open, removeAll} = ownFolderAt(path)

  async function place(): Promise<string | undefined> {
    if (path === undefined) return undefined
    const runtime = dirname(path)
    const [found, system] = await Promise.all([stat(runtime), statfs(runtime)]).catch(() => [])
    // After `su` the folder may be another user's.
    if (!found?.isDirectory() || !isOwn(found) || (found.mode & 0o022) !== 0) return undefined
    return system && inMemory.has(system.type) ? path : undefined
  }

  return {
    place,

    async open() {
      const folder = (await place()) === undefined ? undefined : await open()
      return folder && inMemory.has((await statfs(folder.path)).type) ? folder : undefined
    },

    removeAll,
  }
}
