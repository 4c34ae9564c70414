import {createHash} from 'node:crypto'
import {constants, lstatSync} from 'node:fs'
import {chmod, lstat, open as openFile, readdir, rm} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {codeOf} from '../files/code-of.ts'
import {makeFolder} from '../files/make-folder.ts'
import {dropStale, meantBy, replaceFile, temporaryFor} from '../files/replace-file.ts'
import {isOwnDirectory, readEntry} from './cache-entry.ts'
import type {Envelope} from './envelope.ts'

const entryName = /^[0-9a-f]{64}\.json$/
const temporaryName = /^\.[0-9a-f]{64}$/
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
    await dropStale(newest, name => temporaryName.test(name))
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
        if (!entryName.test(name) && !temporaryName.test(meantBy(name) ?? '')) continue
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

/** Removes entries that expired over an hour before `now`: don't leave useless tokens behind. */
async function prune(directory: string, now: number, unwanted: (entry: Envelope) => boolean): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name)
    if (!entryName.test(name)) continue
    const envelope = readEntry(path, directory)
    const isOver = (end: number) => now - end * 1000 > staleMilliseconds
    if (envelope ? isOver(envelope.exp) || unwanted(envelope) : await isOpenToOthers(path)) await drop(path)
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

/** Replaces an entry, or a folder in its place. On a full disk, falls back to overwriting the entry. */
async function replace(path: string, text: string): Promise<void> {
  if (isOwnDirectory(path)) await drop(path)
  try {
    await replaceFile(path, {
      temporary: temporaryFor(join(dirname(path), `.${basename(path, '.json')}`)),
      mode: 0o600,
      async fill(file) {
        await file.writeFile(text)
        await file.sync()
      },
    })
  } catch (error) {
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
