import {join} from 'node:path'
import type {Files} from '../outside/files/files.ts'
import {parseObject, readObject} from '../text/json.ts'
import type {Allowance} from './allowed.ts'
import type {InstalledPackage} from './registry.ts'

/**
 * The plugins that the user installed or linked, as oclif keeps them in its data folder. Reads their package.json and
 * runs none of their code: oclif itself would, at each start, load the commands of a plugin without a manifest and run
 * its `init` hook.
 */
export async function installedPlugins(
  dataFolder: string,
  {readText}: Pick<Files, 'readText'>,
): Promise<readonly InstalledPackage[]> {
  const read = async (folder: string) =>
    parseObject((await readText(join(folder, 'package.json')).catch(() => undefined)) ?? '')
  const listed = readObject((await read(dataFolder)).oclif).plugins
  const places = (Array.isArray(listed) ? listed : []).flatMap(entry => placeOf(entry, dataFolder))
  const found = await Promise.all(places.map(async place => ({...place, manifest: await read(place.root)})))
  // A listed plugin may have been deleted by hand.
  return found.filter(({manifest}) => typeof manifest.name === 'string')
}

/** The installed plugins, with all that decides on whether they may be used. */
export async function knownPlugins(
  dataFolder: string,
  allowance: Pick<Allowance, 'pinnedPlugins'>,
  files: Pick<Files, 'readText'>,
): Promise<readonly InstalledPackage[]> {
  return withIntegrities(await installedPlugins(dataFolder, files), allowance, dataFolder, files)
}

/** The plugins, with what npm has noted of those that are pinned. */
export async function withIntegrities(
  plugins: readonly InstalledPackage[],
  {pinnedPlugins}: Pick<Allowance, 'pinnedPlugins'>,
  dataFolder: string,
  {readText}: Pick<Files, 'readText'>,
): Promise<readonly InstalledPackage[]> {
  if (!plugins.some(({name}) => pinnedPlugins.has(name))) return plugins
  const lock = parseObject((await readText(join(dataFolder, 'package-lock.json')).catch(() => undefined)) ?? '')
  const packages = readObject(lock.packages)
  return plugins.map(plugin => {
    const {integrity} = readObject(packages[`node_modules/${plugin.name}`])
    return typeof integrity === 'string' && !plugin.linked ? {...plugin, integrity} : plugin
  })
}

function placeOf(entry: unknown, dataFolder: string): readonly Omit<InstalledPackage, 'manifest'>[] {
  const {name = entry, type = 'user', root} = readObject(entry)
  if (typeof name !== 'string') return []
  if (type === 'link') return typeof root === 'string' ? [{name, root, linked: true}] : []
  return [{name, root: join(dataFolder, 'node_modules', name)}]
}
