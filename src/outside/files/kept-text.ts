import {constants, lstatSync, type Stats} from 'node:fs'
import {dirname} from 'node:path'
import {readOwnFile} from './read-file.ts'

/**
 * A text that only we can have written: file and folder are our own, no links, and closed to others. `undefined`
 * otherwise. Windows has neither user ids nor modes, so there every file passes.
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
