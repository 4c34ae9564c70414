import {constants} from 'node:fs'
import {access} from 'node:fs/promises'
import {dirname} from 'node:path'
import {TextDecoder} from 'node:util'
import {AwsOidcError} from '../../errors.ts'
import {exchangeText} from './exchange-text.ts'
import {codeOf} from './files.ts'
import {readGivenFile, reasonOf} from './read-file.ts'

/** Files that other programs and people write too. */
export interface SharedFiles {
  /**
   * The text of a file, a byte order mark included, or `undefined` where there is none; of the null device nothing.
   * Rejects with CONFIG_INVALID when it can't be read, or is not UTF-8.
   */
  read(path: string): Promise<string | undefined>
  /**
   * Exchanges the text of a file that still says `before`, and leaves it alone where somebody has changed it meanwhile.
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
  const why = alone ? `nothing can be put beside it (${code})` : code
  const look = code === 'ENOSPC' ? `df ${folder}` : `ls -ld ${folder} ${path}`
  return new AwsOidcError('OUTPUT_FAILED', `${path} could not be written: ${why}. It is as it was.`, {
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
