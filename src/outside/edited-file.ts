import {type FileHandle, stat} from 'node:fs/promises'
import {dirname} from 'node:path'
import {AwsOidcError} from '../errors.ts'
import {codeOf, makeFolder, targetOf} from './files.ts'
import {readGivenFile, reasonOf} from './read-file.ts'
import {replaceFile} from './replace-file.ts'

/** Files that a person writes too, and that we change here and there. */
export interface EditedFiles {
  /** The text, or `undefined` where there is none. Rejects with CONFIG_INVALID what can't be read, or is not UTF-8. */
  read(path: string): Promise<string | undefined>
  /**
   * Replaces the file as a whole, in mode 0600 and with its owner, if it still holds `before`; false where another
   * program has changed it meanwhile. A link stays one. Rejects with OUTPUT_FAILED, and then nothing has changed.
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
      const target = await targetOf(path)
      const found = await stat(target).catch(() => undefined)
      if (found && !found.isFile()) throw new Error('it is no file')
      await makeFolder(dirname(target))
      return await replaceFile(target, {
        mode: 0o600,
        async fill(file) {
          await file.writeFile(after)
          await keepOwner(file, target)
          // All of it rests on the disk before it takes the other's name.
          await file.sync()
        },
        mayReplace: async () => (await bytesOf(target))?.toString() === before,
      })
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

/** `sudo aws-oidc` must not take the file away from its owner. */
async function keepOwner(file: FileHandle, target: string): Promise<void> {
  const [old, own] = [await stat(target).catch(() => undefined), await file.stat()]
  if (old && old.uid !== own.uid) await file.chown(old.uid, old.gid)
}

function unwritable(path: string, error: unknown): AwsOidcError {
  if (error instanceof AwsOidcError) return error
  return new AwsOidcError('OUTPUT_FAILED', `${path} can't be written: ${reasonOf(error)}. It is as it was.`, {
    hint: `ls -ld ${dirname(path)}; df ${dirname(path)}`,
    cause: error,
  })
}
