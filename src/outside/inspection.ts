import {constants} from 'node:fs'
import {access, chmod, lstat, readdir, rm, stat, statfs} from 'node:fs/promises'
import {delimiter, join} from 'node:path'
import {processMark} from './process-mark.ts'
import {isFile} from './program-start.ts'
import {windowsProgram} from './windows-command.ts'

/** Looks at files, programs and processes without changing anything, and mends what somebody asks to have mended. */
export interface Inspection {
  /** What a file is, links not followed; `undefined` where there is none, or it may not be looked at. */
  look(path: string): Promise<FileFacts | undefined>
  /** The names in a folder; none where it can't be read. */
  list(folder: string): Promise<readonly string[]>
  /** Of the Node that runs this. */
  readonly nodeVersion: string
  /** Whether files can be made in a folder, or it can be made itself. */
  canWriteIn(folder: string): Promise<boolean>
  /** Whether the disk that a folder is, or would be, on has a block left for us. */
  hasRoomFor(folder: string): Promise<boolean>
  canRead(path: string): Promise<boolean>
  /** Where a program is that is named by path or looked for on PATH; `undefined` where nothing could be started. */
  findProgram(name: string): Promise<string | undefined>
  /** Whether a process still runs, by the mark that `processMark` gave it; of another machine's it is not known. */
  isRunning(mark: string): boolean | undefined
  /** Takes everything from others that they may do with it. */
  close(path: string): Promise<void>
  remove(path: string): Promise<void>
}

export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'other'
  /** To whom it belongs, seen by whoever runs this. */
  readonly owner: 'self' | 'root' | 'other'
  /** What everybody else may do with it, as far as permissions tell. */
  readonly others: {readonly read: boolean; readonly write: boolean}
  readonly modifiedAt: Date
}

export function systemInspection(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): Inspection {
  const posix = platform !== 'win32'
  const [host] = processMark().split('.')

  async function look(path: string): Promise<FileFacts | undefined> {
    const stats = await lstat(path).catch(() => undefined)
    if (!stats) return undefined
    const {mode, uid, mtime} = stats
    return {
      kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other',
      owner: !posix || uid === process.geteuid?.() ? 'self' : uid === 0 ? 'root' : 'other',
      others: {read: posix && (mode & 0o055) !== 0, write: posix && (mode & 0o022) !== 0},
      modifiedAt: mtime,
    }
  }

  return {
    look,
    nodeVersion: process.versions.node,
    list: folder => readdir(folder).catch(() => []),
    async canWriteIn(folder) {
      for (let at = folder; ; at = join(at, '..')) {
        const stats = await stat(at).catch(() => undefined)
        if (stats) return stats.isDirectory() && may(at, constants.W_OK | constants.X_OK)
        if (join(at, '..') === at || (await lstat(at).catch(() => undefined))) return false
      }
    },
    async hasRoomFor(folder) {
      const found = await statfs(folder).catch(() => undefined)
      if (!found) return join(folder, '..') === folder || this.hasRoomFor(join(folder, '..'))
      // Some file systems know of no blocks.
      return found.blocks === 0 || found.bavail > 0
    },
    canRead: path => may(path, constants.R_OK),
    async findProgram(name) {
      if (!posix) return windowsProgram(name, env, isFile)
      const folders = name.includes('/') ? [''] : (env.PATH ?? '').split(delimiter).filter(Boolean)
      for (const path of folders.map(folder => join(folder, name))) {
        if ((await stat(path).catch(() => undefined))?.isFile() && (await may(path, constants.X_OK))) return path
      }
      return undefined
    },
    isRunning(mark) {
      const [where, pid] = mark.split('.')
      if (where !== host || !/^\d+$/.test(pid ?? '')) return undefined
      try {
        return process.kill(Number(pid), 0)
      } catch (error) {
        return error instanceof Error && 'code' in error && error.code === 'EPERM'
      }
    },
    async close(path) {
      await chmod(path, (await lstat(path)).mode & 0o700)
    },
    remove: path => rm(path, {recursive: true, force: true}),
  }
}

function may(path: string, what: number): Promise<boolean> {
  return access(path, what).then(
    () => true,
    () => false,
  )
}
