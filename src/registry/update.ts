import {type AwsOidcError, expectedFailure} from '../errors.ts'
import {type InstalledPlugin, refuseByName} from './fit.ts'
import {pluginsByNpm} from './folder.ts'
import {type InstallDependencies, lookAt, replaceByOffer} from './install.ts'

export interface PluginUpdate {
  readonly name: string
  /** The version before the update. */
  readonly before: string
  /** What has replaced it; absent if nothing else is offered. */
  readonly now?: InstalledPlugin
  /** Whether the configuration pins it: it is not asked for. */
  readonly pinned?: true
  /** Why the earlier version stays. */
  readonly error?: AwsOidcError
}

/**
 * Installs what each plugin's source offers now, as `installPlugin` does. A plugin that fails keeps its version, and
 * does not stop the others; one that is not allowed, or is pinned, is not asked for. oclif's own
 * command has npm update all of them or none, and shows nothing first.
 */
export async function updatePlugins(
  builtIn: readonly string[],
  deps: InstallDependencies,
): Promise<readonly PluginUpdate[]> {
  const updates: PluginUpdate[] = []
  for (const {name, version: before, source} of await pluginsByNpm(deps.dataFolder, deps.files)) {
    try {
      refuseByName(name, deps)
      if (deps.configuration.pinnedPlugins.has(name)) {
        updates.push({name, before, pinned: true})
        continue
      }
      // A tarball never changes, and may be gone.
      const offer = source.spec.startsWith('file:') ? undefined : await lookAt(source, deps)
      if (!offer || offer.version === before) {
        updates.push({name, before})
        continue
      }
      const now = await replaceByOffer(offer, source, builtIn, deps)
      if (now) updates.push({name, before, now})
    } catch (failure) {
      const error = expectedFailure(failure)
      if (!error || deps.npmOptions.signal.aborted) throw failure
      updates.push({name, before, error})
    }
  }
  return updates
}
