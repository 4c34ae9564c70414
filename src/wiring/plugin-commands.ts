import {join} from 'node:path'
import {catalogueOf} from '../completion/commands.ts'
import {AwsOidcError} from '../errors.ts'
import {systemFiles} from '../outside/files/files.ts'
import {findPlaces, pluginFolder} from '../outside/files/places.ts'
import {readQuickly} from '../outside/files/quick.ts'
import type {InstalledPackage} from '../registry/registry.ts'
import {type UsablePlugins, usablePlugins} from '../registry/usable.ts'
import {parseObject, readObject} from '../text/json.ts'

/** A plugin as oclif's `Plugin` takes it. */
export interface PluginPlace {
  readonly name: string
  readonly type: 'user' | 'link'
  /** Of a linked plugin its folder, of another one the list that it is in. */
  readonly root: string
  readonly tag: string | undefined
  readonly url: string | undefined
}

export interface PluginCommands extends UsablePlugins {
  /** Of the usable plugins: those that npm has installed first, as with oclif. */
  readonly places: readonly PluginPlace[]
}

/** What bin/plugins.js lets oclif load. */
export async function pluginCommands(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): Promise<PluginCommands> {
  const dataFolder = pluginFolder(env, platform) ?? ''
  const readText = async (path: string) => readQuickly(path)
  const plugins = await usablePlugins(dataFolder, {readText}, async () => {
    const {readConfiguration} = await import('../config/read.ts')
    const {configFile: path = 'config.yaml'} = findPlaces(env, platform)
    return readConfiguration(path, await systemFiles.readGiven(path))
  })
  const list = join(dataFolder, 'package.json')
  const listed = readObject(parseObject(readQuickly(list) ?? '').oclif).plugins
  const places = plugins.usable.map(({name, root, linked = false}): PluginPlace => {
    const entry = (Array.isArray(listed) ? listed : []).map(readObject).find(entry => entry.name === name)
    const place = linked ? {type: 'link' as const, root} : {type: 'user' as const, root: list}
    return {name, ...place, tag: textOf(entry?.tag), url: textOf(entry?.url)}
  })
  return {...plugins, places: [...places.filter(({type}) => type === 'user'), ...places.filter(isLink)]}
}

/** Why a command that was typed may not run, if it is one of a plugin that may not be used. */
export function refusalOf(words: readonly string[], plugins: UsablePlugins): AwsOidcError | undefined {
  const typed = words.join(':')
  const isMeant = (id: string) => typed === id || typed.startsWith(`${id}:`) || id.startsWith(`${typed}:`)
  for (const plugin of plugins.installed) {
    const refusal = plugins.refusals.get(plugin.name)
    const id = refusal && idsOf(plugin).find(isMeant)
    if (refusal && id !== undefined) return plugins.problem ?? withCommand(refusal, id)
  }
  return undefined
}

function idsOf({root}: InstalledPackage): readonly string[] {
  const manifest = readQuickly(join(root, 'oclif.manifest.json')) ?? ''
  return catalogueOf([{manifest, pjson: ''}]).commands.map(({id}) => id)
}

function withCommand({code, message, hint}: AwsOidcError, id: string): AwsOidcError {
  return new AwsOidcError(code, `${message} It has the command "${id.replaceAll(':', ' ')}".`, {hint})
}

function isLink({type}: PluginPlace): boolean {
  return type === 'link'
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
