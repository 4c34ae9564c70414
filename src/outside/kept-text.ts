import {closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, type Stats} from 'node:fs'
import {dirname} from 'node:path'

/**
 * A text that only we can have written: in a file and a folder that are ours, no links, and closed to others. `undefined`
 * for any other. Windows has neither user ids nor modes.
 */
export function readKeptText(path: string): string | undefined {
  let file: number | undefined
  try {
    if (!isPrivate(lstatSync(dirname(path)))) return undefined
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    const stats = fstatSync(file)
    return stats.isFile() && isPrivate(stats) ? readFileSync(file, 'utf8') : undefined
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function isPrivate({uid, mode}: Stats): boolean {
  return process.geteuid === undefined || (uid === process.geteuid() && (mode & 0o077) === 0)
}
