import {join} from 'node:path'
import type {Dependencies} from '../credentials/dependencies.ts'
import {AwsOidcError} from '../errors.ts'
import {codeOf} from '../files/code-of.ts'
import type {Files} from '../outside/files/files.ts'

/** Makes and removes the folders of browser profiles, one for each provider. */
export function browserFoldersIn(
  folder: string | undefined,
  files: Pick<Files, 'makePrivateFolder' | 'removeFolder'>,
): Pick<Dependencies, 'makeBrowserFolder' | 'removeBrowserFolder'> {
  const hint = 'export XDG_DATA_HOME=/path/to/a/folder'
  return {
    async makeBrowserFolder(providerId) {
      if (folder === undefined)
        throw new AwsOidcError('CONFIG_INVALID', 'There is no folder for the profile of a browser.', {hint})
      const own = join(folder, providerId)
      try {
        return await files.makePrivateFolder(own)
      } catch (error) {
        const what = `The folder for the profile of a browser can't be created: ${own}: ${codeOf(error)}.`
        throw new AwsOidcError('OUTPUT_FAILED', what, {hint, cause: error})
      }
    },

    async removeBrowserFolder(providerId) {
      if (folder !== undefined) await files.removeFolder(join(folder, providerId))
    },
  }
}
