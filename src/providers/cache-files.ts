import {createHash, randomBytes} from 'node:crypto'
import {constants, lstatSync} from 'node:fs'
import {chmod, lstat, mkdir, open as openFile, readdir, rename, rm, stat} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {isOwnDirectory, readEntry} from './cache-entry.ts'
import type {Envelope} from './envelope.ts'

const entryName = /^[0-9a-f]{64}\.json$/
const temporaryName = /^\.[0-9a-f]{64}\.[0-9a-f]{12}\.tmp$/
const posix = process.platform !== 'win32'

/** The files of a cache, one per entry. The file and keyring caches share them: either replaces the other's entry. */
export interface CacheFiles {
  /** A file that is unreadable, truncated, a link, accessible to other users or not ours counts as absent. */
  find(key: string): Promise<Envelope | undefined>
  /** Replaces the entry. At most once a minute, also removes long-expired and `unwanted` entries. */
  put(envelope: Envelope, unwanted?: (other: Envelope) => boolean): Promise<void>
  remove(key: string): Promise<void>
  /** Removes the entries of either cache whose key starts with `prefix`. */
  clear(prefix?: string): Promise<void>
}

export function cacheFilesIn(directory: string): CacheFiles {
  const pathOf = (key: string) => join(directory, `${createHash('sha256').update(key).digest('hex')}.json`)
  let tidiedAt = Number.NEGATIVE_INFINITY

  /** Takes the time from the `newest` entry's file, so that no clock is needed. */
  async function tidyUp(newest: string, unwanted: (other: Envelope) => boolean): Promise<void> {
    const {mtimeMs: now} = await lstat(newest)
    if (Math.abs(now - tidiedAt) < tidyMilliseconds) return
    tidiedAt = now
    await prune(directory, now, unwanted)
  }

  return {
    async find(key) {
      const envelope = readEntry(pathOf(key), directory)
      return envelope?.key === key ? envelope : undefined
    },

    async put(envelope, unwanted = () => false) {
      await makeDirectory(directory)
      const path = pathOf(envelope.key)
      await replace(path, `${JSON.stringify(envelope)}\n`)
      // The entry is saved, even if tidying up fails.
      await tidyUp(path, unwanted).catch(() => undefined)
    },

    async remove(key) {
      if (isOwnDirectory(directory)) await drop(pathOf(key))
    },

    async clear(prefix = '') {
      if (!(await isThere(directory)) || !isOwnDirectory(directory)) return
      for (const name of await readdir(directory)) {
        const path = join(directory, name)
        if (!entryName.test(name) && !temporaryName.test(name)) continue
        const envelope = readEntry(path, directory)
        // The key of an unreadable file is unknown, so remove it only when everything is cleared.
        if (envelope ? envelope.key.startsWith(prefix) : prefix === '') await drop(path)
      }
    },
  }
}

/** Rejects if the directory can't be examined: then entries may remain, and `clear` must not report success. */
async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(codeOf(error))) return false
    throw error
  }
}

/** Removes even a folder of that name, because only we use such names. Removes a link, not its target. */
function drop(path: string): Promise<void> {
  return rm(path, {force: true, recursive: true})
}

const staleMilliseconds = 60 * 60 * 1000
/** A sign-in writes several entries, and tidying up reads all of them. */
const tidyMilliseconds = 60 * 1000

/**
 * Removes entries that expired over an hour before `now`, and temporary files of killed processes: don't leave useless
 * tokens behind.
 */
async function prune(directory: string, now: number, unwanted: (entry: Envelope) => boolean): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name)
    if (temporaryName.test(name)) {
      const left = await lstat(path).catch(() => undefined)
      if (left && now - left.mtimeMs > staleMilliseconds) await drop(path)
    } else if (entryName.test(name)) {
      const envelope = readEntry(path, directory)
      const isOver = (end: number) => now - end * 1000 > staleMilliseconds
      if (envelope ? isOver(envelope.exp) || unwanted(envelope) : await isOpenToOthers(path)) await drop(path)
    }
  }
}

/** Whether other users can access the file. We never read such a file, so its secrets would otherwise stay forever. */
async function isOpenToOthers(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined)
  return posix && stats?.isFile() === true && (stats.mode & 0o077) !== 0
}

async function makeDirectory(directory: string): Promise<void> {
  if (!isOwnDirectory(directory)) await makeFolder(directory)
  if (!isOwnDirectory(directory)) throw new Error(`${directory} is a link or belongs to another user`)
  if (posix && (lstatSync(directory).mode & 0o077) !== 0) await chmod(directory, 0o700)
}

/** Node's `mkdir` with `recursive` never returns where a file system such as /proc answers ENOENT. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, {mode: 0o700})
  } catch (error) {
    if (await isFolder(path)) return
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    // Another process may have created it meanwhile.
    await mkdir(path, {mode: 0o700}).catch(async (again: unknown) => {
      if (!(await isFolder(path))) throw again
    })
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Replaces a file atomically, even if this process is killed. On a full disk, falls back to overwriting it. */
async function replace(path: string, text: string): Promise<void> {
  const temporary = path.replace(
    /([0-9a-f]{64})\.json$/,
    (_, name: string) => `.${name}.${randomBytes(6).toString('hex')}.tmp`,
  )
  try {
    const file = await openFile(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await renameOver(temporary, path)
  } catch (error) {
    await drop(temporary)
    if (!isFull(error) || !(await overwrite(path, text))) throw error
  }
}

function isFull(error: unknown): boolean {
  return codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT'
}

/**
 * Overwrites an entry in place, which works on a full disk if the new entry fits; otherwise a refresh token would be
 * lost. Writes once, padded with blanks to the old size, so that a reader hardly ever sees a partial entry.
 */
async function overwrite(path: string, text: string): Promise<boolean> {
  try {
    const file = await openFile(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0))
    try {
      const {size, blocks} = await file.stat()
      const bytes = Buffer.from(text)
      if (bytes.length > Math.max(size, blocks * 512)) return false
      await file.write(Buffer.concat([bytes, Buffer.alloc(Math.max(0, size - bytes.length), ' ')]), 0, undefined, 0)
      await file.sync()
      return true
    } finally {
      await file.close()
    }
  } catch {
    return false
  }
}

/** Removes a folder in the way. Retries on Windows, where renaming fails while a reader has the file open. */
async function renameOver(from: string, to: string): Promise<void> {
  const busy = new Set(['EPERM', 'EACCES', 'EBUSY'])
  for (let attempt = 0; ; attempt++) {
    try {
      return await rename(from, to)
    } catch (error) {
      if (attempt === 0 && isOwnDirectory(to)) await drop(to)
      else if (posix || attempt === 20 || !busy.has(codeOf(error))) throw error
      else await delay(10 + attempt * 5)
    }
  }
}
