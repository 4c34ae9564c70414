import {readConfiguration} from '../config/read.ts'
import type {Configuration} from '../config/schema.ts'
import {type Edit, editText} from '../config/write.ts'
import type {PinEdit} from '../config/write-pin.ts'
import type {Locks} from '../coordination/lock.ts'
import {AwsOidcError} from '../errors.ts'
import type {EditedFiles} from '../outside/files/edited-file.ts'

export interface EditDependencies {
  /** The file of the configuration; `undefined` if there is no home folder for it. */
  readonly path: string | undefined
  readonly files: EditedFiles
  readonly locks: Locks
  readonly signal: AbortSignal
}

const tries = 5

/** The configuration as an edit would leave it; nothing is written. Rejects as `editConfiguration` does. */
export async function draftConfiguration(
  edit: (now: Configuration) => readonly (Edit | PinEdit)[],
  {path, files}: Pick<EditDependencies, 'path' | 'files'>,
): Promise<Configuration> {
  const known = demandPath(path)
  const before = await files.read(known)
  const after = editText(known, before ?? '', edit(readConfiguration(known, before)))
  return readConfiguration(known, after.text, after)
}

/**
 * Changes the configuration. `edit` gets what the file holds at that moment, and may be called again if another program
 * writes meanwhile. Rejects with CONFIG_INVALID if the configuration is damaged or would be afterwards, and with
 * OUTPUT_FAILED if it can't be written; either way nothing has changed.
 */
export function editConfiguration(
  edit: (now: Configuration) => readonly (Edit | PinEdit)[],
  deps: EditDependencies,
): Promise<void> {
  const {files, locks, signal} = deps
  const path = demandPath(deps.path)
  return locks.hold('configuration', signal, async () => {
    for (let left = tries; left > 0; left--) {
      const before = await files.read(path)
      const after = editText(path, before ?? '', edit(readConfiguration(path, before)))
      if (after.text === (before ?? '')) return
      readConfiguration(path, after.text, after)
      if (await files.replace(path, before, after.text)) return
    }
    throw new AwsOidcError('OUTPUT_FAILED', `Another program keeps changing ${path}; nothing was written.`)
  })
}

function demandPath(path: string | undefined): string {
  if (path !== undefined) return path
  throw new AwsOidcError('CONFIG_INVALID', 'There is no home folder, and so no place for a configuration.', {
    hint: 'export AWS_OIDC_CONFIG_FILE=/path/to/config.yaml',
  })
}
