import {join} from 'node:path'
import {AwsOidcError} from '../errors.ts'
import type {Files} from '../outside/files.ts'
import type {Parts} from '../tasks/parts.ts'

/** AWS files for one program, in a folder of their own; by the mark of our process in its name it is known when that has gone. */
export function awsFilesIn(folder: string | undefined, files: Files, mark: string): Parts['makeAwsFiles'] {
  return async (name, config) => {
    if (folder === undefined) {
      throw new AwsOidcError('CONFIG_INVALID', 'There is no home for private AWS files.', {hint: '--keep-aws-files'})
    }
    const own = join(folder, `${mark}.${name}`)
    const variables = {AWS_CONFIG_FILE: join(own, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(own, 'credentials')}
    await files.replacePrivate(variables.AWS_CONFIG_FILE, config)
    await files.replacePrivate(variables.AWS_SHARED_CREDENTIALS_FILE, '')
    return {variables, remove: () => files.removeFolder(own)}
  }
}
