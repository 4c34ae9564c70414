import {constants} from 'node:fs'
import {access, chmod, lstat, readdir, rm, stat, statfs} from 'node:fs/promises'
import {delimiter, dirname, join} from 'node:path'
import {codeOf} from '../../files/code-of.ts'
import {processMark} from '../system/process-mark.ts'
import {isFile} from './program-start.ts'
import {windowsProgram} from './windows-command.ts'

/** Looks at files, programs and processes without changing anything; repairs only on demand. */
export interface Inspection {
  /** The facts about a file, without following links; `undefined` where there is none, or they are not accessible. */
  look(path: string): Promise<FileFacts | undefined>
  /** The names in a folder; empty if it is unreadable. */
  list(folder: string): Promise<readonly string[]>
  /** The version of the running Node. */
  readonly nodeVersion: string
  /** What keeps us from making files in a folder, or the folder itself; `undefined` if nothing does. */
  obstacleTo(folder: string): Promise<Obstacle | undefined>
  /** Whether the disk of a folder, which may not exist yet, has a free block for us. */
  hasRoomFor(folder: string): Promise<boolean>
  canRead(path: string): Promise<boolean>
  /** The path of a program that is given by path or looked up on PATH; `undefined` if none can be started. */
  findProgram(name: string): Promise<string | undefined>
  /** Whether the process with this `processMark` still runs; `undefined` for a process of another machine. */
  isRunning(mark: string): boolean | undefined
  /** Removes all permissions of group and others. */
  close(path: string): Promise<void>
  remove(path: string): Promise<void>
}

export interface Obstacle {
  readonly path: string
  readonly why: string
}

export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'other'
  /** The owner, relative to the user who runs this. */
  readonly owner: 'self' | 'root' | 'other'
  /** What all other users may do with the file, as far as permissions tell. */
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

  async function whyClosed(path: string, code: string): Promise<string> {
    if (code === 'EROFS') return 'its file system is read-only'
    const owner = (await look(path))?.owner
    return owner === 'self' ? 'it is closed to you' : `it belongs to ${owner === 'root' ? 'root' : 'another user'}`
  }

  return {
    look,
    nodeVersion: process.versions.node,
    list: folder => readdir(folder).catch(() => []),
    async obstacleTo(folder) {
      for (let at = folder; ; at = dirname(at)) {
        const found = await stat(at).catch(codeOf)
        // If access is denied, a folder above is closed.
        if (typeof found === 'string' && found !== 'ENOENT' && found !== 'EACCES') return {path: at, why: found}
        const stats = typeof found === 'string' ? await lstat(at).catch(() => undefined) : found
        if (stats && !stats.isDirectory()) return {path: at, why: 'it is not a folder'}
        if (stats) {
          const refused = await access(at, constants.W_OK | constants.X_OK).then(() => undefined, codeOf)
          return refused === undefined ? undefined : {path: at, why: await whyClosed(at, refused)}
        }
        if (dirname(at) === at) return {path: at, why: String(found)}
      }
    },
    async hasRoomFor(folder) {
      const found = await statfs(folder).catch(() => undefined)
      if (!found) return join(folder, '..') === folder || this.hasRoomFor(join(folder, '..'))
      // Some file systems report no blocks.
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
