import {constants} from 'node:fs'
import {access} from 'node:fs/promises'
import {dirname} from 'node:path'
import {TextDecoder} from 'node:util'
import {AwsOidcError} from '../../errors.ts'
import {codeOf} from '../../files/code-of.ts'
import {exchangeText} from './exchange-text.ts'
import {readGivenFile, reasonOf} from './read-file.ts'

/** Files that users and other programs write too. */
export interface SharedFiles {
  /**
   * The text of a file, including a byte order mark, or `undefined` where there is none; the null device is empty.
   * Rejects with CONFIG_INVALID when it is unreadable or not UTF-8.
   */
  read(path: string): Promise<string | undefined>
  /**
   * Replaces the text of a file that still holds `before`; a file that somebody has changed meanwhile is left alone.
   * The old text is kept at `backup`, unless that file exists already. Hold a lock for the file. Rejects with
   * OUTPUT_FAILED, and then nothing has changed.
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
      return (await exchangeText(path, {before, after, backup})) ? 'replaced' : 'changed'
    } catch (error) {
      if (error instanceof AwsOidcError) throw error
      throw await unwritten(path, error)
    }
  },
}

async function unwritten(path: string, cause: unknown): Promise<AwsOidcError> {
  const [code, folder] = [codeOf(cause), dirname(path)]
  const alone = code !== 'ENOSPC' && (await mayWrite(path)) && !(await mayWrite(folder))
  const why = alone ? `no file can be created beside it (${code})` : code
  const look = code === 'ENOSPC' ? `df ${folder}` : `ls -ld ${folder} ${path}`
  return new AwsOidcError('OUTPUT_FAILED', `${path} could not be written: ${why}. It was not changed.`, {
    hint: alone ? `mount the folder ${folder}, not the file alone; otherwise: ls -ld ${folder}` : look,
    cause,
  })
}

function mayWrite(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  )
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
