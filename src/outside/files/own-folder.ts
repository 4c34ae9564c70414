import {chmod, lstat, mkdir, readdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {meantBy} from '../../files/replace-file.ts'
import {replaceOwnedFile} from './owned.ts'
import {readQuickly} from './quick.ts'

/** A folder of our own, closed to others. */
export interface OwnFolder {
  readonly path: string
  read(name: string): Promise<string | undefined>
  /** Replaces a whole file (0600) and sets its modification time, which has a meaning to its readers. */
  put(name: string, text: string, modifiedAt: Date): Promise<void>
  /**
   * The files whose names match, with their modification times. At most 200, starting at a random one where there are
   * more, so that each gets its turn in the end.
   */
  list(isMeant: (name: string) => boolean): Promise<readonly {readonly name: string; readonly modifiedAt: Date}[]>
  remove(name: string): Promise<void>
}

export interface OwnFolders {
  /**
   * Ensures that the folder exists and is closed to others; `undefined` where there is no place for it or it is not
   * ours. Rejects where it can't be made.
   */
  open(): Promise<OwnFolder | undefined>
  removeAll(): Promise<void>
}

const mostListed = 200

export function ownFolderAt(path: string | undefined): OwnFolders {
  return {
    async open() {
      if (path === undefined) return undefined
      await mkdir(path, {mode: 0o700}).catch(() => undefined)
      const found = await lstat(path)
      if (!found.isDirectory() || !isOwn(found)) return undefined
      if ((found.mode & 0o077) !== 0) await chmod(path, 0o700)
      return folderAt(path)
    },

    async removeAll() {
      const found = path === undefined ? undefined : await lstat(path).catch(() => undefined)
      if (path !== undefined && found && isOwn(found)) await rm(path, {recursive: true, force: true})
    },
  }
}

/** Windows has no user ids; there the folders of a profile are closed to others. */
export function isOwn({uid}: {readonly uid: number}): boolean {
  return process.geteuid === undefined || uid === process.geteuid()
}

function folderAt(path: string): OwnFolder {
  const at = (name: string) => join(path, name)
  return {
    path,

    read: async name => readQuickly(at(name)),

    async put(name, text, modifiedAt) {
      await replaceOwnedFile(at(name), {
        mode: 0o600,
        async fill(file) {
          await file.writeFile(text)
          await file.utimes(modifiedAt, modifiedAt)
        },
      })
    },
    async list(isMeant) {
      const names = (await readdir(path)).filter(name => meantBy(name) === undefined && isMeant(name))
      const from = names.length > mostListed ? Math.floor(Math.random() * names.length) : 0
      const found = await Promise.all(
        [...names.slice(from), ...names.slice(0, from)]
          .slice(0, mostListed)
          .map(async name => ({name, stats: await lstat(at(name)).catch(() => undefined)})),
      )
      return found.flatMap(({name, stats}) => (stats ? [{name, modifiedAt: stats.mtime}] : []))
    },

    remove: name => rm(at(name), {recursive: true, force: true}),
  }
}
