import {randomBytes} from 'node:crypto'
import {type FileHandle, lstat, open, readdir, rename, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {ownerInsteadOfRoot} from './other-users.ts'

export interface Replacement {
  readonly mode: number
  /** Writes the content, and copies from the old file what else must be kept. */
  readonly fill: (file: FileHandle) => Promise<void>
}

/**
 * Replaces a whole file: a reader sees the old one or the new one. A failure leaves nothing behind; what a killed
 * process leaves, a later `dropStale` finds.
 */
export async function replaceFile(path: string, {mode, fill}: Replacement): Promise<void> {
  const temporary = temporaryFor(path)
  let placed = false
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      const user = await ownerInsteadOfRoot(dirname(path))
      if (user) await file.chown(user.uid, user.gid)
      await fill(file)
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    placed = true
  } finally {
    if (!placed) await rm(temporary, {force: true})
  }
}

/** A new name beside the file that the temporary file will replace. */
export function temporaryFor(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.tmp`
}

const temporaryName = /^(.*)\.[0-9a-f]{12}\.tmp$/s

/** Whether the name is that of an unfinished replacement. */
export function isTemporary(name: string): boolean {
  return temporaryName.test(name)
}

const staleMilliseconds = 60 * 60 * 1000

/**
 * Removes temporary files beside `newest` that are over an hour older than it, left by killed processes, if `isMeant`
 * accepts the name of the file that they were to replace.
 */
export async function dropStale(newest: string, isMeant: (final: string) => boolean): Promise<void> {
  const {mtimeMs: now} = await lstat(newest)
  for (const name of await readdir(dirname(newest))) {
    const [, final] = temporaryName.exec(name) ?? []
    if (final === undefined || !isMeant(final)) continue
    const path = join(dirname(newest), name)
    const left = await lstat(path).catch(() => undefined)
    if (left && now - left.mtimeMs > staleMilliseconds) await rm(path, {force: true})
  }
}
