import {type AwsOidcError, expectedFailure} from '../errors.ts'
import type {Files} from '../outside/files/files.ts'
import {type Allowance, refusalOf} from './allowed.ts'
import {installedPlugins, withIntegrities} from './installed.ts'
import type {InstalledPackage} from './registry.ts'

/** The installed plugins, and those of them whose commands and hooks may be loaded. */
export interface UsablePlugins {
  readonly installed: readonly InstalledPackage[]
  readonly usable: readonly InstalledPackage[]
  /** Why the others may not be used, by name. */
  readonly refusals: ReadonlyMap<string, AwsOidcError>
  /** Why the configuration does not tell what it allows; then no plugin is usable. */
  readonly problem: AwsOidcError | undefined
}

/** Reads what is installed and allowed, and runs none of its code. Asks for the configuration only if a plugin is there. */
export async function usablePlugins(
  dataFolder: string,
  files: Pick<Files, 'readText'>,
  configuration: () => Promise<Allowance>,
): Promise<UsablePlugins> {
  const installed = await installedPlugins(dataFolder, files)
  if (installed.length === 0) return {installed, usable: [], refusals: new Map(), problem: undefined}
  try {
    const allowance = await configuration()
    const known = await withIntegrities(installed, allowance, dataFolder, files)
    const refusals = new Map(
      known.flatMap(plugin => {
        const refusal = refusalOf(plugin, allowance)
        return refusal ? [[plugin.name, refusal] as const] : []
      }),
    )
    return {installed: known, usable: known.filter(({name}) => !refusals.has(name)), refusals, problem: undefined}
  } catch (error) {
    const problem = expectedFailure(error)
    if (!problem) throw error
    return {installed, usable: [], refusals: new Map(installed.map(({name}) => [name, problem])), problem}
  }
}
