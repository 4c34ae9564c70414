import {constants, lstatSync, type Stats} from 'node:fs'
import {dirname} from 'node:path'
import {readOwnFile} from './read-file.ts'

/**
 * A text that only we can have written: in a file and a folder that are ours, no links, and closed to others. `undefined`
 * for any other. Windows has neither user ids nor modes.
 */
export function readKeptText(path: string): string | undefined {
  try {
    if (!isPrivate(lstatSync(dirname(path)))) return undefined
    return readOwnFile(path, isPrivate, constants.O_NOFOLLOW).toString()
  } catch {
    return undefined
  }
}

function isPrivate({uid, mode}: Stats): boolean {
  return process.geteuid === undefined || (uid === process.geteuid() && (mode & 0o077) === 0)
}
