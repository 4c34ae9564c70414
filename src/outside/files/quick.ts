import {writeSync} from 'node:fs'
import {readOwnFile} from './read-file.ts'

// What a Tab needs of the world. files.ts and output.ts bring modules of Node that take longer to load than all of it.

/** The text of a file, or `undefined` where it can't be read. */
export function readQuickly(path: string): string | undefined {
  try {
    return readOwnFile(path).toString()
  } catch {
    return undefined
  }
}

/** To stdout. A reader that has gone needs nothing. */
export function writeQuickly(text: string): void {
  const bytes = Buffer.from(text)
  try {
    for (let from = 0; from < bytes.length; ) from += writeSync(1, bytes, from)
  } catch {}
}
