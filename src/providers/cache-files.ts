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

/** The files of a cache, one for each entry. Both caches that keep files share the place, so that a write by either replaces the other's copy. */
export interface CacheFiles {
  /** A file that is unreadable, cut short, a link, open to others or not ours counts as absent. */
  find(key: string): Promise<Envelope | undefined>
  /** Replaces the entry. Now and then it also removes what has ended, and what is `unwanted`. */
  put(envelope: Envelope, unwanted?: (other: Envelope) => boolean): Promise<void>
  remove(key: string): Promise<void>
  /** Removes the entries of either cache whose key starts with `prefix`. */
  clear(prefix?: string): Promise<void>
}

export function cacheFilesIn(directory: string): CacheFiles {
  const pathOf = (key: string) => join(directory, `${createHash('sha256').update(key).digest('hex')}.json`)
  let tidiedAt = Number.NEGATIVE_INFINITY

  /** By the file system's own time, that of the `newest` entry, so that no clock is needed. */
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
      // The entry is saved; tidying up that fails is no reason to say otherwise.
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
        // What can't be read tells no key: it goes when everything goes.
        if (envelope ? envelope.key.startsWith(prefix) : prefix === '') await drop(path)
      }
    },
  }
}

/** Rejects where that can't be told: what may rest there is not removed. */
async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(codeOf(error))) return false
    throw error
  }
}

/** The name is one that only we give, so a folder that has taken it goes too. Of a link, the link goes. */
function drop(path: string): Promise<void> {
  return rm(path, {force: true, recursive: true})
}

const staleMilliseconds = 60 * 60 * 1000
/** A sign-in writes several entries, and to tidy up means to read all that there are. */
const tidyMilliseconds = 60 * 1000

/**
 * Removes entries that ended over an hour before `now`, and what a killed process has left halfway: tokens that serve nobody must
 * not lie around.
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

/** A file that others may read is never read here: it would lie there for good, with what is in it. */
async function isOpenToOthers(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined)
  return posix && stats?.isFile() === true && (stats.mode & 0o077) !== 0
}

async function makeDirectory(directory: string): Promise<void> {
  if (!isOwnDirectory(directory)) await makeFolder(directory)
  if (!isOwnDirectory(directory)) throw new Error(`${directory} is a link or belongs to somebody else`)
  if (posix && (lstatSync(directory).mode & 0o077) !== 0) await chmod(directory, 0o700)
}

/** With `recursive`, Node's own never ends where a file system answers ENOENT to what can't be made, as /proc does. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, {mode: 0o700})
  } catch (error) {
    if (await isFolder(path)) return
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    // Another process may have made it meanwhile.
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

/** A reader sees the old entry or the new one, never a part, also when this process is killed halfway. */
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
 * On a full disk an entry still has its own room, which the next one of its name may use: a refresh token would be lost
 * otherwise. In one piece, with blanks up to the end, so that a reader hardly ever sees a part.
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

/** A folder in the way is removed; on Windows a reader that has the file open makes renaming fail for a moment. */
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
