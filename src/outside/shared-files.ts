import {constants, type Stats} from 'node:fs'
import {access, type FileHandle, lstat, stat} from 'node:fs/promises'
import {basename, dirname} from 'node:path'
import {TextDecoder} from 'node:util'
import {AwsOidcError} from '../errors.ts'
import {codeOf, makeFolder, targetOf} from './files.ts'
import {readGivenFile, reasonOf} from './read-file.ts'
import {dropStale, replaceFile} from './replace-file.ts'

/** Files that other programs and people write too. They keep their owner, permissions and place behind a link. */
export interface SharedFiles {
  /**
   * The text of a file, a byte order mark included, or `undefined` where there is none. Rejects with CONFIG_INVALID
   * when it can't be read or is not UTF-8.
   */
  read(path: string): Promise<string | undefined>
  /**
   * Replaces as a whole a file that still says `before`, and leaves it alone where somebody has changed it meanwhile.
   * What it said is kept at `backup`, unless there is such a file already. Call it while holding a lock for it.
   * Rejects with OUTPUT_FAILED, nothing changed.
   */
  replace(path: string, before: string | undefined, after: string, backup: string): Promise<'replaced' | 'changed'>
}

export const systemSharedFiles: SharedFiles = {
  async read(path) {
    try {
      return decoded(path, readGivenFile(path))
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      if (error instanceof AwsOidcError) throw error
      throw new AwsOidcError('CONFIG_INVALID', `${path} can't be read: ${reasonOf(error)}.`, {
        hint: `ls -ld ${path}`,
        cause: error,
      })
    }
  },

  async replace(path, before, after, backup) {
    try {
      const real = await targetOf(path)
      if (before === undefined) await makeFolder(dirname(real))
      else await access(real, constants.W_OK)
      const kept = before === undefined ? undefined : await stat(real)
      return await replaceReal(real, kept, before, after, async () => {
        if (before !== undefined) await keepOnce(backup, before)
      })
    } catch (error) {
      throw new AwsOidcError('OUTPUT_FAILED', `${path} could not be written: ${codeOf(error)}. It is as it was.`, {
        hint: codeOf(error) === 'ENOSPC' ? `df ${dirname(path)}` : `ls -ld ${dirname(path)} ${path}`,
        cause: error,
      })
    }
  },
}

async function replaceReal(
  path: string,
  kept: Stats | undefined,
  before: string | undefined,
  after: string,
  keepBefore: () => Promise<void>,
): Promise<'replaced' | 'changed'> {
  const replaced = await replaceFile(path, {
    mode: 0o600,
    fill: file => fill(file, after, kept),
    async mayReplace() {
      if (!(await says(path, before))) return false
      await keepBefore()
      return true
    },
  })
  if (!replaced) return 'changed'
  await dropStale(path, name => `${name}.`.startsWith(`${basename(path)}.`)).catch(() => undefined)
  return 'replaced'
}

async function says(path: string, text: string | undefined): Promise<boolean> {
  const bytes = bytesOf(path)
  return text === undefined || bytes === undefined ? text === bytes : bytes.equals(Buffer.from(text))
}

function bytesOf(path: string): Buffer | undefined {
  try {
    return readGivenFile(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The text, on the disk when this returns, with the owner and the permissions of another file. */
async function fill(file: FileHandle, text: string, kept?: Stats): Promise<void> {
  await file.writeFile(text)
  if (kept && process.platform !== 'win32') {
    const own = await file.stat()
    if (own.uid !== kept.uid || own.gid !== kept.gid) await file.chown(kept.uid, kept.gid)
    await file.chmod(kept.mode & 0o7777)
  }
  await file.sync()
}

/** Whole or not at all, closed to others: there may be keys in it. Only the holder of the lock comes here. */
async function keepOnce(path: string, text: string): Promise<void> {
  if (await lstat(path).catch(() => undefined)) return
  await replaceFile(path, {mode: 0o600, fill: file => fill(file, text)})
}

function decoded(path: string, bytes: Buffer): string {
  try {
    return strictly(bytes)
  } catch (error) {
    throw new AwsOidcError('CONFIG_INVALID', `${path}:${firstBadLine(bytes)}: the line is not UTF-8.`, {
      hint: 'Save the file as UTF-8.',
      cause: error,
    })
  }
}

function firstBadLine(bytes: Buffer): number {
  let line = 1
  for (let from = 0; from <= bytes.length; line++) {
    const end = bytes.indexOf('\n', from)
    const until = end < 0 ? bytes.length : end
    try {
      strictly(bytes.subarray(from, until))
    } catch {
      break
    }
    from = until + 1
  }
  return line
}

function strictly(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
}
