import {randomBytes} from 'node:crypto'
import {type FileHandle, lstat, open, readdir, rename, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {ownerInsteadOfRoot} from './other-users.ts'

export interface Replacement {
  readonly mode: number
  /** Writes it, and gives it what else of the old one it is to have. */
  readonly fill: (file: FileHandle) => Promise<void>
}

/**
 * Puts a new file into the place of another one as a whole: a reader sees the old one or the new one. Whatever
 * keeps it from that, nothing is left; where this process is killed, `dropStale` of a later one finds it.
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

/** A new name beside the file that such a one is to replace. */
export function temporaryFor(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.tmp`
}

const temporaryName = /^(.*)\.[0-9a-f]{12}\.tmp$/s

/** Whether a file of that name is one that was not finished, or isn't yet. */
export function isTemporary(name: string): boolean {
  return temporaryName.test(name)
}

const staleMilliseconds = 60 * 60 * 1000

/**
 * Removes what processes that were killed an hour or more before `newest` was written have left beside it of files with
 * such names.
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
