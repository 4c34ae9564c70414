import {closeSync, constants, fstatSync, lstatSync, openSync, readFileSync} from 'node:fs'
import {type Envelope, readEnvelope} from './envelope.ts'

const largestEntry = 1024 * 1024
const posix = process.platform !== 'win32'

/** Reads a cache file; `undefined` if it is unreadable, truncated, a link, accessible to other users or not ours. */
export function readEntry(path: string, directory: string): Envelope | undefined {
  let file: number | undefined
  try {
    if (!isOwnDirectory(directory)) return undefined
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    const stats = fstatSync(file)
    if (!stats.isFile() || stats.size > largestEntry) return undefined
    if (posix && (stats.uid !== process.geteuid?.() || (stats.mode & 0o077) !== 0)) return undefined
    return readEnvelope(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Whether the path is a directory of ours and no link, through which another user could feed us their credentials. */
export function isOwnDirectory(directory: string): boolean {
  try {
    const stats = lstatSync(directory)
    return stats.isDirectory() && (!posix || stats.uid === process.geteuid?.())
  } catch {
    return false
  }
}
