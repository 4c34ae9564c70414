import {dirname} from 'node:path'
import {AwsOidcError} from '../../errors.ts'
import {codeOf} from '../../files/code-of.ts'
import {exchangeText} from './exchange-text.ts'
import {readGivenFile, reasonOf} from './read-file.ts'

/** Files that users edit as well, of which we change parts. */
export interface EditedFiles {
  /** The text, or `undefined` where there is no file. Rejects with CONFIG_INVALID if it is unreadable or not UTF-8. */
  read(path: string): Promise<string | undefined>
  /**
   * Replaces the text if the file still holds `before`, and sets mode 0600; false if another program has changed the
   * file meanwhile. Rejects with OUTPUT_FAILED, and then nothing has changed.
   */
  replace(path: string, before: string | undefined, after: string): Promise<boolean>
}

export const editedFiles: EditedFiles = {
  async read(path) {
    const bytes = await bytesOf(path)
    try {
      return bytes && new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
    } catch (error) {
      throw new AwsOidcError('CONFIG_INVALID', `${path} is not UTF-8.`, {hint: `file ${path}`, cause: error})
    }
  },

  async replace(path, before, after) {
    try {
      return await exchangeText(path, {before, after, mode: 0o600})
    } catch (error) {
      throw unwritable(path, error)
    }
  },
}

async function bytesOf(path: string): Promise<Buffer | undefined> {
  try {
    return readGivenFile(path)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new AwsOidcError('CONFIG_INVALID', `${path} can't be read: ${reasonOf(error)}.`, {
      hint: `ls -ld ${path}`,
      cause: error,
    })
  }
}

function unwritable(path: string, error: unknown): AwsOidcError {
  if (error instanceof AwsOidcError) return error
  return new AwsOidcError('OUTPUT_FAILED', `${path} can't be written: ${reasonOf(error)}. It was not changed.`, {
    hint: `ls -ld ${dirname(path)}; df ${dirname(path)}`,
    cause: error,
  })
}
