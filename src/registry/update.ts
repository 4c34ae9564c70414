import {type AwsOidcError, expectedFailure} from '../errors.ts'
import {pluginsByNpm} from './folder.ts'
import {type InstallDependencies, type InstalledPlugin, installOffer, lookAt} from './install.ts'

export interface PluginUpdate {
  readonly name: string
  /** The version before the update. */
  readonly before: string
  /** What has replaced it; absent if nothing else is offered. */
  readonly now?: InstalledPlugin
  /** Why the earlier version stays. */
  readonly error?: AwsOidcError
}

/**
 * Installs what each plugin's source offers now, as `installPlugin` does. A plugin that fails keeps its version, and
 * does not stop the others. oclif's own command has npm update all of them or none, and shows nothing first.
 */
export async function updatePlugins(
  builtIn: readonly string[],
  deps: InstallDependencies,
): Promise<readonly PluginUpdate[]> {
  const updates: PluginUpdate[] = []
  for (const {name, version: before, source} of await pluginsByNpm(deps.dataFolder, deps.files)) {
    try {
      // A tarball never changes, and may be gone.
      const offer = source.spec.startsWith('file:') ? undefined : await lookAt(source, deps)
      const now = offer && offer.version !== before ? await installOffer(offer, source, builtIn, deps) : undefined
      updates.push({name, before, ...(now && {now})})
    } catch (failure) {
      const error = expectedFailure(failure)
      if (!error || deps.npmOptions.signal.aborted) throw failure
      updates.push({name, before, error})
    }
  }
  return updates
}
