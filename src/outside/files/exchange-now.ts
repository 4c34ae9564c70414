import {closeSync, fchmodSync, fsyncSync, ftruncateSync, openSync, renameSync, writeSync} from 'node:fs'
import {codeOf} from '../../files/code-of.ts'
import {readOpenFile, readOwnFile} from './read-file.ts'

/** The texts to compare and to write, as bytes. */
export interface Texts {
  /** The expected content; `undefined` where there must be no file. */
  readonly before: Buffer | undefined
  readonly after: Buffer
  /** The permissions to set; `undefined` keeps those of the file. */
  readonly mode: number | undefined
}

/**
 * Compares a file with the expected text and exchanges it, synchronously: nothing else in this process runs in between.
 * `replacement`, which already holds the new text, is renamed over the file; without it, or where the system refuses
 * the rename, the text is written into the file. The replacement must stay beside the file until this returns: it
 * proves that the disk has room, and keeps the new text if this process is killed.
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
      // rename(2): the file is the root of a mount, as in a container that was given just this file.
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
