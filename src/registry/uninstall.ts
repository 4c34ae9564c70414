import {mostAlike} from '../config/nearest.ts'
import {AwsOidcError, printable} from '../errors.ts'
import {changePlugins, listedPlugins} from './folder.ts'
import type {InstallDependencies} from './install.ts'

export interface UninstalledPlugin {
  readonly name: string
  /** Whether it was linked; its folder then stays where it is. */
  readonly linked: boolean
}

/**
 * Removes a plugin and what npm installed for it; of a linked plugin, only the link. None of its code runs. Rejects
 * with USAGE if there is no such plugin; if npm fails, everything stays.
 */
export async function uninstallPlugin(typed: string, deps: InstallDependencies): Promise<UninstalledPlugin> {
  const name = typed.replace(/(?<=.)@[^/]*$/, '')
  const find = async () => {
    const plugins = await listedPlugins(deps.dataFolder, deps.files)
    const plugin = plugins.find(listed => listed.name === name)
    const others = plugins.map(listed => listed.name)
    if (!plugin) throw absent(name, others)
    return plugin
  }
  // Also before our turn, since nothing is written for a plugin that is not there.
  await find()
  return changePlugins(deps, async copy => {
    const {linked} = await find()
    await copy.unlist(name)
    if (!linked) await copy.npm(['uninstall', '--omit=dev', name])
    return {name, linked}
  })
}

function absent(name: string, there: readonly string[]): AwsOidcError {
  const [near] = mostAlike(name, there, 1)
  const which = near === undefined ? 'No plugin is.' : `Installed: ${there.join(', ')}.`
  return new AwsOidcError('USAGE', `The plugin "${printable(name, 100)}" is not installed. ${which}`, {
    hint: near === undefined ? 'aws-oidc plugins' : `aws-oidc plugins uninstall ${near}`,
  })
}
