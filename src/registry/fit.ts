import {join} from 'node:path'
import type {Configuration} from '../config/schema.ts'
import {AwsOidcError, printable} from '../errors.ts'
import type {Files} from '../outside/files/files.ts'
import type {Log} from '../plugin.ts'
import {parseObject, readObject} from '../text/json.ts'
import {allowsPlugin, refusalOf} from './allowed.ts'
import {browserlessIn} from './browserless.ts'
import {declaredBy, kinds, type Manifest, misdeclaredIn, otherNodeOf, whyUnfit, words} from './declared.ts'
import {installedPlugins} from './installed.ts'
import {updateOf} from './ours.ts'
import type {InstalledPackage} from './registry.ts'

export interface InstalledPlugin {
  readonly name: string
  readonly version: string
  readonly strategies: readonly string[]
  readonly caches: readonly string[]
  readonly commands: readonly string[]
}

export interface FitDependencies {
  readonly own: InstalledPackage
  readonly dataFolder: string
  readonly configuration: Pick<Configuration, 'allowedPlugins' | 'pinnedPlugins' | 'path' | 'providers' | 'cache'>
  readonly files: Files
  /** The version of the Node that we run on. */
  readonly nodeVersion: string
  readonly log: Log
}

/** A package on its way to become a plugin. */
export interface Candidate {
  readonly name: string
  /** The folder of its files. */
  readonly root: string
  /** What is not done if it does not fit. */
  readonly undone: 'installed' | 'linked'
}

/** Throws USAGE for a part of aws-oidc, and CONFIG_INVALID for what the configuration does not allow. */
export function refuseByName(name: string, {own, configuration}: Pick<FitDependencies, 'own' | 'configuration'>): void {
  if (name === own.name || Object.hasOwn(readObject(own.manifest.dependencies), name)) {
    throw new AwsOidcError('USAGE', `${name} is part of aws-oidc; a plugin can't replace it.`)
  }
  const refusal = refusalOf({name}, configuration)
  if (refusal) throw refusal
}

/**
 * Checks whether a package can be a plugin, by its package.json and its manifest: none of its code runs. Warns if
 * another plugin provides the same. Rejects with PLUGIN_FAILED.
 */
export async function checkFit(
  {name, root, undone}: Candidate,
  builtIn: readonly string[],
  deps: FitDependencies,
): Promise<InstalledPlugin> {
  const {own, files, nodeVersion, dataFolder} = deps
  const read = async (file: string) => parseObject((await files.readText(join(root, file))) ?? '')
  const manifest = await read('package.json')
  const refuse = (why: string, hint?: string) =>
    new AwsOidcError('PLUGIN_FAILED', `${name} was not ${undone}: ${why}.`, {hint})
  if (typeof manifest.oclif !== 'object') throw refuse('it is not a plugin (its package.json has no "oclif")')

  const unfit = await whyUnfit(manifest, String(own.manifest.version))
  if (unfit) throw refuse(unfit.text, unfit.newer ? updateOf(own) : undefined)
  const node = await otherNodeOf(manifest, nodeVersion)
  if (node !== undefined) {
    throw refuse(`it needs Node ${node}; this is ${nodeVersion}`, `Run aws-oidc with a Node that is ${node}.`)
  }
  const wrong = misdeclaredIn(manifest)
  if (wrong !== undefined) throw refuse(wrong)
  for (const kind of kinds) {
    const taken = declaredBy(manifest, kind).find(id => declaredBy(own.manifest, kind).includes(id))
    if (taken !== undefined) throw refuse(`it provides the ${words[kind]} "${taken}", which is built in`)
  }

  const commands = commandsOf(await read('oclif.manifest.json'))
  if (commands.length === 0 && readObject(manifest.oclif).commands !== undefined) {
    throw refuse('it has commands but no oclif.manifest.json, so that all of them would be loaded at each start')
  }
  const shadow = commands.find(command => builtIn.includes(command))
  if (shadow !== undefined) throw refuse(`it provides the command "${shadow.replaceAll(':', ' ')}", which is built in`)

  const plugins = await installedPlugins(dataFolder, files)
  const others = plugins.filter(plugin => plugin.name !== name && isAllowed(plugin, deps))
  const lost = lostWith(manifest, plugins.find(plugin => plugin.name === name)?.manifest, others, deps)
  if (lost !== undefined) {
    throw refuse(lost, `Change what uses it first, or: aws-oidc plugins uninstall ${name}`)
  }
  warnOfDisputes(name, manifest, others, deps)
  const browserless = await browserlessIn({name, root, manifest}, deps)
  if (browserless !== undefined) deps.log.warn(browserless)
  return {
    name,
    version: String(manifest.version),
    strategies: declaredBy(manifest, 'strategies'),
    caches: declaredBy(manifest, 'caches'),
    commands: commands.map(command => command.replaceAll(':', ' ')),
  }
}

function isAllowed({name}: InstalledPackage, {configuration}: FitDependencies): boolean {
  return allowsPlugin(configuration.allowedPlugins, name)
}

/** What is in use and would be gone if this package replaced an earlier version of it. */
function lostWith(
  manifest: Manifest,
  earlier: Manifest | undefined,
  others: readonly InstalledPackage[],
  {configuration}: FitDependencies,
): string | undefined {
  if (!earlier) return undefined
  const users = {
    strategies: (id: string) =>
      Object.entries(configuration.providers)
        .filter(([, {strategy}]) => strategy === id)
        .map(([name]) => printable(name, 100)),
    caches: (id: string) => (configuration.cache === id ? ['the configuration'] : []),
  }
  for (const kind of kinds) {
    for (const id of declaredBy(earlier, kind)) {
      const [first, ...more] = users[kind](id)
      const isThere = [manifest, ...others.map(other => other.manifest)].some(one => declaredBy(one, kind).includes(id))
      if (first === undefined || isThere) continue
      const who = kind === 'caches' ? `${first} uses` : whoUse(first, more)
      const version = printable(String(manifest.version), 50)
      return `version ${version} no longer provides the ${words[kind]} "${id}", which ${who}`
    }
  }
  return undefined
}

function whoUse(first: string, more: readonly string[]): string {
  return more.length === 0 ? `the provider ${first} uses` : `the providers ${[first, ...more].join(', ')} use`
}

function warnOfDisputes(
  name: string,
  manifest: Manifest,
  others: readonly InstalledPackage[],
  {log}: FitDependencies,
): void {
  for (const kind of kinds) {
    for (const id of declaredBy(manifest, kind)) {
      const other = others.find(plugin => declaredBy(plugin.manifest, kind).includes(id))
      if (!other) continue
      const both = `Both ${other.name} and ${name} would provide the ${words[kind]} "${id}"`
      log.warn(`${both}: neither can be used while both are installed, unless "plugins.allow" lists only one of them.`)
    }
  }
}

/** The ids of a plugin's commands, and their aliases. */
function commandsOf(manifest: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(readObject(manifest.commands)).flatMap(([id, command]) => {
    const {aliases, hiddenAliases} = readObject(command)
    return [id, ...[aliases, hiddenAliases].flat().filter(alias => typeof alias === 'string')]
  })
}
