import {join} from 'node:path'
import type {AwsFiles, Dependencies} from '../credentials/dependencies.ts'
import {AwsOidcError} from '../errors.ts'
import type {Files} from '../outside/files/files.ts'
import type {AwsFilesPlace} from '../outside/files/places.ts'
import type {Log} from '../plugin.ts'

/**
 * Makes AWS files for one program, in a folder that has our process mark in its name: `doctor` can tell when we have
 * ended. Takes the first place where that works, since a container may have a read-only home.
 */
export function awsFilesIn(
  places: readonly AwsFilesPlace[],
  files: Files,
  mark: string,
  log: Log,
): Dependencies['makeAwsFiles'] {
  return async name => {
    const refusals: string[] = []
    for (const {folder, prefix} of places) {
      const own = join(folder, `${prefix}${mark}.${name}`)
      try {
        if (prefix === '') await files.makePrivateFolder(folder)
        await files.makeNewFolder(own)
        return await filesIn(own, files, log)
      } catch (error) {
        refusals.push(reasonOf(error))
        await remove(own, files, log)
      }
    }
    throw unwritable(refusals.join('; '))
  }
}

/** Writes both files at once, to find out now whether there is room. */
async function filesIn(own: string, files: Files, log: Log): Promise<AwsFiles> {
  const variables = {AWS_CONFIG_FILE: join(own, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(own, 'credentials')}
  const write = (config: string) =>
    files
      .replacePrivate(variables.AWS_CONFIG_FILE, config)
      .catch((error: unknown) => Promise.reject(unwritable(reasonOf(error))))
  await files.replacePrivate(variables.AWS_CONFIG_FILE, '[default]\n')
  await files.replacePrivate(variables.AWS_SHARED_CREDENTIALS_FILE, '')
  return {variables, write, remove: () => remove(own, files, log)}
}

/** Removes the folder. A failure does not change the program's exit code: `doctor` finds what is left. */
async function remove(own: string, files: Files, log: Log): Promise<void> {
  await files.removeFolder(own).catch((error: Error) => log.debug(error.message))
}

function unwritable(reason: string): AwsOidcError {
  return new AwsOidcError('OUTPUT_FAILED', `AWS files for the program can't be written: ${reason}.`, {
    hint: 'export XDG_RUNTIME_DIR=/path/to/a/folder/of/yours, or --keep-aws-files',
  })
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
