import {closeSync, fchmodSync, fsyncSync, ftruncateSync, openSync, renameSync, writeSync} from 'node:fs'
import {codeOf} from './files.ts'
import {readOpenFile, readOwnFile} from './read-file.ts'

/** Texts, as the bytes that are compared and written. */
export interface Texts {
  /** What the file must still say; `undefined` where there must be none. */
  readonly before: Buffer | undefined
  readonly after: Buffer
  /** The permissions that the file is to have, where it doesn't keep its own. */
  readonly mode: number | undefined
}

/**
 * Looks whether a file still says what it said, and exchanges it, in one go: nothing else of this process runs in between.
 * With `replacement`, which holds the new text already, the file becomes another one; otherwise, or where the system does
 * not let it, the text is written into it. The replacement has to lie beside it as long as this takes: so the disk has room
 * for the text, and a process that is killed meanwhile loses neither.
 */
export function exchangeNow(
  target: string,
  replacement: string | undefined,
  texts: Texts,
): 'replaced' | 'rewritten' | 'changed' {
  if (replacement !== undefined) {
    if (!says(target, texts.before)) return 'changed'
    try {
      renameSync(replacement, target)
      return 'replaced'
    } catch (error) {
      // rename(2): the file is the root of a mount, as in a container that was given this one file.
      if (codeOf(error) !== 'EBUSY') throw error
    }
  }
  return rewrite(target, texts) ? 'rewritten' : 'changed'
}

function says(path: string, text: Buffer | undefined): boolean {
  try {
    const bytes = readOwnFile(path)
    return text?.equals(bytes) ?? false
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return text === undefined
    throw error
  }
}

function rewrite(path: string, {before, after, mode}: Texts): boolean {
  const file = openSync(path, 'r+')
  try {
    if (!before?.equals(readOpenFile(file))) return false
    if (mode !== undefined && process.platform !== 'win32') fchmodSync(file, mode)
    try {
      overwrite(file, after)
    } catch (error) {
      overwrite(file, before)
      throw error
    }
    return true
  } finally {
    closeSync(file)
  }
}

function overwrite(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, at)
  ftruncateSync(file, bytes.length)
  fsyncSync(file)
}
