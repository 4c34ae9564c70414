import {join, resolve} from 'node:path'
import {AwsOidcError} from '../errors.ts'
import {parseObject} from '../text/json.ts'
import {checkFit, type InstalledPlugin, refuseByName} from './fit.ts'
import {changePlugins, pluginsByNpm} from './folder.ts'
import type {InstallDependencies, InstallRequest} from './install.ts'

export interface LinkRequest extends Pick<InstallRequest, 'builtIn'> {
  /** The path of the folder as typed. */
  readonly folder: string
  /** Whether npm is to install what the lock file in the folder lists. */
  readonly withDependencies: boolean
}

export interface LinkedPlugin extends InstalledPlugin {
  readonly root: string
}

/**
 * Links a folder that somebody works on, after the checks of an installation, in place of an installed plugin of the
 * same name. None of its code runs. Rejects with USAGE if it is no folder of a package, else as `installPlugin` does.
 */
export async function linkPlugin(
  {folder, builtIn, withDependencies}: LinkRequest,
  deps: InstallDependencies,
): Promise<LinkedPlugin> {
  const {files, npm, npmOptions, dataFolder} = deps
  const root = resolve(folder)
  const {name} = parseObject((await files.readText(join(root, 'package.json'))) ?? '')
  if (typeof name !== 'string' || !/^(@[\w.-]+\/)?[\w.-]+$/.test(name)) {
    throw new AwsOidcError('USAGE', `${root} is no folder of a package: it has no package.json with a name.`, {
      hint: `ls -l ${root}`,
    })
  }
  refuseByName(name, deps)
  const candidate = {name, root, undone: 'linked'} as const
  await checkFit(candidate, builtIn, {...deps, log: {...deps.log, warn: deps.log.debug}})
  if (withDependencies && (await files.exists(join(root, 'package-lock.json')))) {
    await npm.run(['install'], root, npmOptions)
  }
  return changePlugins(deps, async copy => {
    const linked = await checkFit(candidate, builtIn, deps)
    const isInstalled = (await pluginsByNpm(dataFolder, files)).some(plugin => plugin.name === name)
    if (isInstalled) await copy.npm(['uninstall', '--omit=dev', name])
    await copy.list(name, {kind: 'folder', root})
    return {...linked, root}
  })
}
