import {join} from 'node:path'
import type {Configuration} from '../config/schema.ts'
import {AwsOidcError, printable} from '../errors.ts'
import type {Files} from '../outside/files/files.ts'
import type {Npm, NpmOptions} from '../outside/processes/npm.ts'
import type {Log} from '../plugin.ts'
import {parseObject, readObject} from '../text/json.ts'
import {allowsPlugin} from './allowed.ts'
import {openPluginFolder, writingInto} from './folder.ts'
import {installFromClone, updateOf} from './ours.ts'
import {declaredBy, type InstalledPackage, whyUnfit} from './registry.ts'
import {type PluginSource, readPluginSource} from './source.ts'

export interface InstallRequest {
  /** The plugin as typed. */
  readonly plugin: string
  /** The built-in commands, which no plugin may replace. */
  readonly builtIn: readonly string[]
}

export interface InstalledPlugin {
  readonly name: string
  readonly version: string
  readonly strategies: readonly string[]
  readonly caches: readonly string[]
  readonly commands: readonly string[]
}

export interface InstallDependencies {
  readonly own: InstalledPackage
  readonly dataFolder: string
  readonly configuration: Pick<Configuration, 'allowedPlugins' | 'path'>
  readonly files: Files
  readonly npm: Npm
  readonly npmOptions: NpmOptions
  readonly log: Log
}

/** What is known about a package before it is installed. */
export interface Offer {
  readonly name: string
  readonly version: string
  readonly integrity: string
}

/** Installs the plugin that was typed: see `installOffer`. */
export async function installPlugin(
  {plugin, builtIn}: InstallRequest,
  deps: InstallDependencies,
): Promise<InstalledPlugin> {
  const source = readPluginSource(plugin)
  return installOffer(await lookAt(source, deps), source, builtIn, deps)
}

/** Shows a plugin and installs it if the user then agrees; else resolves to `undefined`. */
export async function installOnConsent(
  {plugin, builtIn}: InstallRequest,
  agrees: () => Promise<boolean>,
  deps: InstallDependencies,
): Promise<InstalledPlugin | undefined> {
  const source = readPluginSource(plugin)
  const offer = await lookAt(source, deps)
  await show(offer, source, deps)
  return (await agrees()) ? install(offer, source, builtIn, deps) : undefined
}

/** What a source offers now; nothing is installed. */
export async function lookAt(
  source: PluginSource,
  {own, dataFolder, files, npm, npmOptions}: InstallDependencies,
): Promise<Offer> {
  await writingInto(dataFolder, () => files.makePrivateFolder(dataFolder))
  const options = {...npmOptions, ifAbsent: hintIfAbsent(source, own)}
  return readOffer(await npm.run(['pack', '--dry-run', source.spec], dataFolder, options), source)
}

/**
 * Shows an offer, installs it without its scripts, and removes it again if it can't be used. None of its code runs.
 * oclif's own command would run the code of a plugin without a manifest, and mistakes the second of two plugins from
 * addresses for the first (oclif/plugin-plugins#1294).
 */
export async function installOffer(
  offer: Offer,
  source: PluginSource,
  builtIn: readonly string[],
  deps: InstallDependencies,
): Promise<InstalledPlugin> {
  await show(offer, source, deps)
  return install(offer, source, builtIn, deps)
}

async function show(offer: Offer, source: PluginSource, deps: InstallDependencies): Promise<void> {
  refuseByName(offer.name, deps)
  const publisher = await publisherOf(offer, source, deps)
  deps.log.info(`Package:   ${offer.name} ${offer.version}`)
  deps.log.info(`Publisher: ${publisher}`)
  deps.log.info(`Integrity: ${offer.integrity}`)
}

async function install(
  offer: Offer,
  source: PluginSource,
  builtIn: readonly string[],
  deps: InstallDependencies,
): Promise<InstalledPlugin> {
  const folder = await openPluginFolder(deps)
  try {
    await folder.npm(['install', '--omit=dev', source.spec])
    await checkOffer(offer, deps)
    const installed = await checkInstalled(offer.name, builtIn, deps)
    await folder.list(offer.name, source)
    return installed
  } catch (error) {
    await folder.restore()
    throw error
  }
}

function hintIfAbsent(source: PluginSource, own: InstalledPackage): string | undefined {
  return source.kind === 'registry' ? installFromClone(source.name, String(own.manifest.version)) : undefined
}

function readOffer(answer: unknown, {spec}: PluginSource): Offer {
  const {name, version, integrity} = readObject(Array.isArray(answer) ? answer[0] : undefined)
  if (typeof name !== 'string' || typeof version !== 'string' || typeof integrity !== 'string') {
    throw new AwsOidcError('BAD_RESPONSE', `npm does not say what ${printable(spec)} is.`)
  }
  return {name, version, integrity}
}

function refuseByName(name: string, {own, configuration}: InstallDependencies): void {
  if (name === own.name || Object.hasOwn(readObject(own.manifest.dependencies), name)) {
    throw new AwsOidcError('USAGE', `${name} is part of aws-oidc; a plugin can't replace it.`)
  }
  if (!allowsPlugin(configuration.allowedPlugins, name)) {
    throw new AwsOidcError('CONFIG_INVALID', `"plugins.allow" in ${configuration.path} does not list ${name}.`, {
      hint: `Add "${name}" to "plugins: {allow: [...]}".`,
    })
  }
}

/** The account that published it, according to the registry. */
async function publisherOf(
  {name, version}: Offer,
  {kind}: PluginSource,
  {npm, npmOptions, dataFolder}: InstallDependencies,
): Promise<string> {
  if (kind !== 'registry') return 'unknown: it does not come from a registry'
  const facts = readObject(await npm.run(['view', `${name}@${version}`], dataFolder, npmOptions))
  const {name: user} = readObject(facts._npmUser)
  const names = typeof user === 'string' ? [user] : typeof facts._npmUser === 'string' ? [facts._npmUser] : []
  return printable(names[0] ?? 'unknown: the registry does not say')
}

/** Between the look and the installation another version may have been published. */
async function checkOffer({name, integrity}: Offer, {dataFolder, files}: InstallDependencies): Promise<void> {
  const lock = parseObject((await files.readText(join(dataFolder, 'node_modules/.package-lock.json'))) ?? '')
  const installed = readObject(readObject(lock.packages)[`node_modules/${name}`]).integrity
  // A package from git has no tarball, and so no integrity.
  if (installed !== undefined && installed !== integrity) {
    throw new AwsOidcError('BAD_RESPONSE', `npm installed a ${name} other than the one shown; it was removed.`, {
      hint: `aws-oidc plugins install ${name}`,
    })
  }
}

async function checkInstalled(
  name: string,
  builtIn: readonly string[],
  {own, dataFolder, files}: InstallDependencies,
): Promise<InstalledPlugin> {
  const folder = join(dataFolder, 'node_modules', name)
  const read = async (file: string) => parseObject((await files.readText(join(folder, file))) ?? '')
  const manifest = await read('package.json')
  const refuse = (why: string, hint?: string) =>
    new AwsOidcError('PLUGIN_FAILED', `${name} was not installed: ${why}.`, {hint})
  if (typeof manifest.oclif !== 'object') throw refuse('it is not a plugin (its package.json has no "oclif")')

  const unfit = await whyUnfit(manifest, String(own.manifest.version))
  if (unfit) throw refuse(unfit.text, unfit.newer ? updateOf(own) : undefined)
  for (const [kind, what] of [
    ['strategies', 'strategy'],
    ['caches', 'cache'],
  ] as const) {
    const taken = declaredBy(manifest, kind).find(id => declaredBy(own.manifest, kind).includes(id))
    if (taken !== undefined) throw refuse(`it provides the ${what} "${taken}", which is built in`)
  }

  const commands = commandsOf(await read('oclif.manifest.json'))
  if (commands.length === 0 && readObject(manifest.oclif).commands !== undefined) {
    throw refuse('it has commands but no oclif.manifest.json, so that all of them would be loaded at each start')
  }
  const shadow = commands.find(command => builtIn.includes(command))
  if (shadow !== undefined) throw refuse(`it provides the command "${shadow.replaceAll(':', ' ')}", which is built in`)
  return {
    name,
    version: String(manifest.version),
    strategies: declaredBy(manifest, 'strategies'),
    caches: declaredBy(manifest, 'caches'),
    commands: commands.map(command => command.replaceAll(':', ' ')),
  }
}

/** The ids of a plugin's commands, and their aliases. */
function commandsOf(manifest: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(readObject(manifest.commands)).flatMap(([id, command]) => {
    const {aliases, hiddenAliases} = readObject(command)
    return [id, ...[aliases, hiddenAliases].flat().filter(alias => typeof alias === 'string')]
  })
}
