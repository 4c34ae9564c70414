import {constants, type Stats} from 'node:fs'
import {access, chmod, lstat, mkdir, open, readlink, realpath, rm, stat} from 'node:fs/promises'
import {dirname, resolve} from 'node:path'
import {AwsOidcError} from '../../errors.ts'
import {codeOf} from '../../files/code-of.ts'
import {dropStale} from '../../files/replace-file.ts'
import {codeMentions} from './code-search.ts'
import {ownerInsteadOfRoot} from './other-users.ts'
import {makeOwnedFolder, replaceOwnedFile} from './owned.ts'
import {takesPrograms} from './program-place.ts'
import {readGivenFile, readOwnFile, reasonOf} from './read-file.ts'

/** The file system as the host needs it. Caches bring their own, because they hold secrets. */
export interface Files {
  /**
   * The text of a file of ours or of a package, or `undefined` where there is none. Rejects with CONFIG_INVALID when it
   * is unreadable or not a regular file.
   */
  readText(path: string): Promise<string | undefined>
  /** The same for a file that the user names, which may be a pipe. */
  readGiven(path: string): Promise<string | undefined>
  /** Whether the path is a regular file, which can be read more than once. */
  isFile(path: string): Promise<boolean>
  /** Replaces the whole file (0600, in a folder closed to others): a reader sees the old text or the new one. */
  replacePrivate(path: string, text: string): Promise<void>
  /**
   * The same for a program (0700). `false`, with the file removed, where the system would not start it (noexec mount).
   */
  replaceProgram(path: string, text: string): Promise<boolean>
  /** Whether `replaceProgram` would succeed, as far as that can be told without writing. */
  takesProgram(path: string): Promise<boolean>
  /** Ensures that an empty file (0600, in a folder closed to others) exists, and returns its identity. */
  touchPrivate(path: string): Promise<FileIdentity>
  /** The identity of a file, or `undefined` where there is none. Rejects where the file can't be examined. */
  identify(path: string): Promise<FileIdentity | undefined>
  /** Whether anything is at the path. What can't be examined counts as missing. */
  exists(path: string): Promise<boolean>
  /** Whether the JavaScript of the package in a folder has the word, within limits: see `codeMentions`. */
  codeMentions(folder: string, word: string): Promise<boolean>
  /** Removes a folder and its contents, if there is one; of a link, only the link. Rejects with OUTPUT_FAILED. */
  removeFolder(path: string): Promise<void>
  /** Ensures that a folder exists and is closed to others (0700), and returns its path. */
  makePrivateFolder(path: string): Promise<string>
  /** Makes a new folder (0700). Rejects if it exists, or if another user could exchange it in its parent folder. */
  makeNewFolder(path: string): Promise<void>
}

/** Distinguishes a file from another one that has taken its name. */
export type FileIdentity = string

export const systemFiles: Files = {
  readText: async path => textOf(path, readOwnFile),

  readGiven: async path => textOf(path, readGivenFile),

  isFile: async path => (await stat(path).catch(() => undefined))?.isFile() ?? false,

  async replacePrivate(path, text) {
    await replace(path, text, 0o600)
    // The file is saved; a failed clean-up must not say otherwise.
    await dropStale(path, name => name.endsWith('.json')).catch(() => undefined)
  },

  async replaceProgram(path, text) {
    await replace(path, text, 0o700)
    const starts = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (!starts) await rm(path, {force: true})
    return starts
  },

  takesProgram: path => takesPrograms(dirname(path)),

  async touchPrivate(path) {
    await makePrivateFolder(dirname(path))
    const {O_RDWR, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0} = constants
    const file = await open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600)
    try {
      const stats = await file.stat()
      if (!stats.isFile()) throw new Error(`${path} is not a file`)
      const user = await ownerInsteadOfRoot(dirname(path))
      if (user) await file.chown(user.uid, user.gid)
      if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) await file.chmod(0o600)
      return identityOf(stats)
    } finally {
      await file.close()
    }
  },

  async identify(path) {
    try {
      return identityOf(await lstat(path))
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  },

  exists,

  codeMentions,

  async removeFolder(path) {
    if (!(await exists(path))) return
    try {
      await rm(path, {recursive: true, force: true})
    } catch (error) {
      throw new AwsOidcError('OUTPUT_FAILED', `${path} can't be removed: ${codeOf(error)}.`, {
        hint: `ls -ld ${path}`,
        cause: error,
      })
    }
  },

  makePrivateFolder,

  async makeNewFolder(path) {
    const parent = await stat(dirname(path))
    if (!keepsToOwners(parent)) throw new Error(`${dirname(path)} is open to others`)
    await mkdir(path, {mode: 0o700})
  },
}

const sticky = 0o1000

/** Whether only we and root can rename what is in a folder: it is not writable for others, or is sticky as /tmp is. */
function keepsToOwners({uid, mode}: Stats): boolean {
  if (process.geteuid === undefined) return true
  const isTrusted = uid === process.geteuid() || uid === 0
  return isTrusted && ((mode & 0o022) === 0 || (mode & sticky) !== 0)
}

function textOf(path: string, read: (path: string) => Buffer): string | undefined {
  try {
    return read(path).toString()
  } catch (error) {
    if (isMissing(error)) return undefined
    throw new AwsOidcError('CONFIG_INVALID', `${path} can't be read: ${reasonOf(error)}.`, {
      hint: `ls -ld ${path}`,
      cause: error,
    })
  }
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

async function replace(path: string, text: string, mode: number): Promise<void> {
  await makePrivateFolder(dirname(path))
  await replaceOwnedFile(path, {mode, fill: file => file.writeFile(text)})
}

async function makePrivateFolder(path: string): Promise<string> {
  await makeOwnedFolder(path)
  const {mode} = await lstat(path)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) await chmod(path, 0o700)
  return path
}

/** The file behind links, even if it does not exist yet. */
export async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    const link = await readlink(path).catch(() => undefined)
    return link === undefined ? path : targetOf(resolve(dirname(path), link))
  }
}

function identityOf(stats: Stats): FileIdentity {
  return `${stats.dev}:${stats.ino}`
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error))
}
