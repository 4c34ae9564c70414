import {emptyPluginFolder, listedPlugins} from './folder.ts'
import type {InstallDependencies} from './install.ts'

/**
 * Removes all plugins and what npm installed for them; of linked plugins, only the links. Resolves to their names. Needs
 * neither npm nor a network, and mends a damaged folder. Rejects with OUTPUT_FAILED.
 */
export async function resetPlugins(deps: InstallDependencies): Promise<readonly string[]> {
  // Even the lock would make a folder where there is none.
  if (!(await deps.files.exists(deps.dataFolder))) return []
  return await deps.exclusively(async () => {
    const plugins = await listedPlugins(deps.dataFolder, deps.files)
    await emptyPluginFolder(deps)
    return plugins.map(({name}) => name)
  })
}
