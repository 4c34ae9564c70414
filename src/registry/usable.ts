import {type AwsOidcError, expectedFailure} from '../errors.ts'
import type {Files} from '../outside/files/files.ts'
import {allowsPlugin} from './allowed.ts'
import {installedPlugins} from './installed.ts'
import type {InstalledPackage} from './registry.ts'

/** The installed plugins, and those of them whose commands and hooks may be loaded. */
export interface UsablePlugins {
  readonly installed: readonly InstalledPackage[]
  readonly usable: readonly InstalledPackage[]
  /** Why the configuration does not tell what it allows; then no plugin is usable. */
  readonly problem: AwsOidcError | undefined
}

/** Reads what is installed and allowed, and runs none of its code. Asks for the configuration only if a plugin is there. */
export async function usablePlugins(
  dataFolder: string,
  files: Pick<Files, 'readText'>,
  configuration: () => Promise<{readonly allowedPlugins: readonly string[] | undefined}>,
): Promise<UsablePlugins> {
  const installed = await installedPlugins(dataFolder, files)
  if (installed.length === 0) return {installed, usable: [], problem: undefined}
  try {
    const {allowedPlugins} = await configuration()
    return {installed, usable: installed.filter(({name}) => allowsPlugin(allowedPlugins, name)), problem: undefined}
  } catch (error) {
    const problem = expectedFailure(error)
    if (!problem) throw error
    return {installed, usable: [], problem}
  }
}
