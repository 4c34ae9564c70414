import {writeSync} from 'node:fs'
import {readOwnFile} from './read-file.ts'

// All that a Tab needs from the system: files.ts and output.ts load modules of Node that take longer than the rest.

/** The text of a file, or `undefined` where it can't be read. */
export function readQuickly(path: string): string | undefined {
  try {
    return readOwnFile(path).toString()
  } catch {
    return undefined
  }
}

/** Writes to stdout. A reader that has gone is not an error. */
export function writeQuickly(text: string): void {
  const bytes = Buffer.from(text)
  try {
    for (let from = 0; from < bytes.length; ) from += writeSync(1, bytes, from)
  } catch {}
}
