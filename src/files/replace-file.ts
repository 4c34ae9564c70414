import {randomBytes} from 'node:crypto'
import {type FileHandle, lstat, open, readdir, rename, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {codeOf} from './code-of.ts'

export interface Replacement {
  /** A new name beside the file, from `temporaryFor`. Default: that for the file's own name. */
  readonly temporary?: string
  readonly mode: number
  /** Writes the content, and does with the file what else must be done before anybody can see it. */
  readonly fill: (file: FileHandle) => Promise<void>
}

/**
 * Replaces a whole file: a reader sees the old one or the new one. A failure leaves nothing behind; what a killed
 * process leaves, a later `dropStale` finds.
 */
export async function replaceFile(
  path: string,
  {temporary = temporaryFor(path), mode, fill}: Replacement,
): Promise<void> {
  let placed = false
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      await fill(file)
    } finally {
      await file.close()
    }
    await renameOver(temporary, path)
    placed = true
  } finally {
    if (!placed) await rm(temporary, {force: true})
  }
}

const busy = new Set(['EPERM', 'EACCES', 'EBUSY'])

/** On Windows, renaming fails while a reader has the file open. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await rename(from, to)
    } catch (error) {
      if (process.platform !== 'win32' || attempt === 20 || !busy.has(codeOf(error))) throw error
      await delay(10 + attempt * 5)
    }
  }
}

/** A new name beside the file that the temporary file will replace. */
export function temporaryFor(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.tmp`
}

/** The name that `temporaryFor` was given for a temporary file of this name; `undefined` for other names. */
export function meantBy(name: string): string | undefined {
  return /^(.*)\.[0-9a-f]{12}\.tmp$/s.exec(name)?.[1]
}

const staleMilliseconds = 60 * 60 * 1000

/**
 * Removes temporary files beside `newest` that are over an hour older than it, left by killed processes, if `isMeant`
 * accepts the name that `temporaryFor` was given.
 */
export async function dropStale(newest: string, isMeant: (name: string) => boolean): Promise<void> {
  const {mtimeMs: now} = await lstat(newest)
  for (const name of await readdir(dirname(newest))) {
    const meant = meantBy(name)
    if (meant === undefined || !isMeant(meant)) continue
    const path = join(dirname(newest), name)
    const left = await lstat(path).catch(() => undefined)
    if (left && now - left.mtimeMs > staleMilliseconds) await rm(path, {force: true})
  }
}
