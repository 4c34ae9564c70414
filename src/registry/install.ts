import {join} from 'node:path'
import {AwsOidcError, expectedFailure, printable} from '../errors.ts'
import {parseObject, readObject} from '../text/json.ts'
import {differenceFrom} from './allowed.ts'
import {checkFit, type FitDependencies, type InstalledPlugin, refuseByName} from './fit.ts'
import {
  changePlugins,
  type FolderDependencies,
  listedPlugins,
  type PluginFolder,
  tryOnPlugins,
  writingInto,
} from './folder.ts'
import {installedPlugins} from './installed.ts'
import {bringsOf, dayOf, type Offered, readOffered} from './offered.ts'
import {installFromClone} from './ours.ts'
import type {InstalledPackage} from './registry.ts'
import {type PluginSource, readPluginSource} from './source.ts'

export interface InstallRequest {
  /** The plugin as typed. */
  readonly plugin: string
  /** The built-in commands, which no plugin may replace. */
  readonly builtIn: readonly string[]
  /** Whether the user is about to pin what is installed, so that an earlier pin does not count. */
  readonly pin?: boolean
}

export interface InstallDependencies extends FolderDependencies, FitDependencies {}

/** What is known about a package before it is installed. */
export interface Offer {
  readonly name: string
  readonly version: string
  readonly integrity: string
}

/**
 * Installs the plugin that was typed: see `installOffer`. `willInstall` is called with what is shown, before anything is
 * changed; if it rejects, nothing is installed.
 */
export async function installPlugin(
  {plugin, builtIn, pin = false}: InstallRequest,
  deps: InstallDependencies,
  willInstall: (offer: Offer) => Promise<void> = async () => undefined,
): Promise<InstalledPlugin & Pick<Offer, 'integrity'>> {
  const source = readPluginSource(plugin)
  const offer = await lookAt(source, deps)
  if (!pin) demandPinned(offer, deps)
  await willInstall(offer)
  return {...(await installOffer(offer, source, builtIn, deps)), integrity: offer.integrity}
}

/** Throws CONFIG_INVALID if the configuration pins a plugin to another version or content than is offered. */
function demandPinned({name, version, integrity}: Offer, {configuration}: InstallDependencies): void {
  const pin = configuration.pinnedPlugins.get(name)
  const difference = pin && differenceFrom(pin, {version: printable(version, 50), integrity})
  if (difference === undefined) return
  const message = `"plugins.allow" in ${configuration.path} pins ${name} to ${pin?.version}, but ${difference}.`
  throw new AwsOidcError('CONFIG_INVALID', message, {hint: `aws-oidc plugins install ${name}@${version} --pin`})
}

/**
 * Shows a plugin, with what is wrong with it, and installs it if the user then agrees; else resolves to `undefined`. It
 * is tried before the question, on a copy.
 */
export async function installOnConsent(
  {plugin, builtIn}: InstallRequest,
  agrees: () => Promise<boolean>,
  deps: InstallDependencies,
): Promise<InstalledPlugin | undefined> {
  const source = readPluginSource(plugin)
  const offer = await lookAt(source, deps)
  demandPinned(offer, deps)
  await show(offer, source, deps)
  await tryOnPlugins(deps, copy => install(offer, source, builtIn, copy, deps))
  if (!(await agrees())) return undefined
  const quiet = {...deps, log: {...deps.log, warn: deps.log.debug}}
  return changePlugins(deps, copy => install(offer, source, builtIn, copy, quiet))
}

/** What a source offers now; nothing is installed. Rejects with USAGE if there is no such package or version. */
export async function lookAt(source: PluginSource, deps: InstallDependencies): Promise<Offer> {
  const {own, dataFolder, files, npm, npmOptions} = deps
  await writingInto(dataFolder, () => files.makePrivateFolder(dataFolder))
  const options = {...npmOptions, ifAbsent: hintIfAbsent(source, own)}
  try {
    return readOffer(await npm.run(['pack', '--dry-run', source.spec], dataFolder, options), source)
  } catch (error) {
    throw (await noSuchVersion(error, source, deps)) ?? error
  }
}

/** npm fails in the same way where there is no such package, and where no version of it matches. */
async function noSuchVersion(
  error: unknown,
  source: PluginSource,
  {dataFolder, npm, npmOptions}: InstallDependencies,
): Promise<AwsOidcError | undefined> {
  if (!(error instanceof AwsOidcError) || error.code !== 'USAGE' || source.kind !== 'registry') return undefined
  const {name, tag} = source
  if (tag === 'latest') return undefined
  const facts = await npm.run(['view', name], dataFolder, npmOptions).catch((failure: unknown) => {
    if (!expectedFailure(failure) || npmOptions.signal.aborted) throw failure
    return undefined
  })
  const {version} = readObject(facts)
  if (typeof version !== 'string') return undefined
  const latest = printable(version, 50)
  return new AwsOidcError('USAGE', `No version of ${name} matches "${printable(tag, 100)}". The latest is ${latest}.`, {
    hint: `aws-oidc plugins install ${name}@${latest}`,
    cause: error,
  })
}

/**
 * Shows an offer and installs it without its scripts, unless it can't be used. None of its code runs. oclif's own
 * command would run the code of a plugin without a manifest, and mistakes the second of two plugins from addresses for
 * the first (oclif/plugin-plugins#1294).
 */
async function installOffer(
  offer: Offer,
  source: PluginSource,
  builtIn: readonly string[],
  deps: InstallDependencies,
): Promise<InstalledPlugin> {
  await show(offer, source, deps)
  return changePlugins(deps, copy => install(offer, source, builtIn, copy, deps))
}

/** Shows an offer and installs it in place of an earlier version; `undefined` if that was uninstalled meanwhile. */
export async function replaceByOffer(
  offer: Offer,
  source: PluginSource,
  builtIn: readonly string[],
  deps: InstallDependencies,
): Promise<InstalledPlugin | undefined> {
  await show(offer, source, deps)
  return changePlugins(deps, async copy => {
    const plugins = await listedPlugins(deps.dataFolder, deps.files)
    const isThere = plugins.some(({name, linked}) => name === offer.name && !linked)
    return isThere ? install(offer, source, builtIn, copy, deps) : undefined
  })
}

async function show(offer: Offer, source: PluginSource, deps: InstallDependencies): Promise<void> {
  refuseByName(offer.name, deps)
  const offered = await offeredBy(offer, source, deps)
  const unsaid = `unknown: ${offered ? 'the registry does not say' : 'it does not come from a registry'}`
  deps.log.info(`Package:   ${offer.name} ${offer.version}`)
  deps.log.info(`Publisher: ${offered?.publisher ?? unsaid}`)
  deps.log.info(`Integrity: ${offer.integrity}`)
  if (offered) {
    const attested = 'the registry has a statement of how it was built (not verified here)'
    deps.log.info(`Released:  ${dayOf(offered.published)}`)
    deps.log.info(`Build:     ${offered.provenance ? attested : 'no statement of how it was built'}`)
    deps.log.info(`Brings:    ${bringsOf(offered)}`)
  }
  const dependents = await dependentsOf(offer.name, deps)
  if (dependents.length > 0) deps.log.info(`Needed by: ${printable(dependents.join(', '))}`)
}

async function install(
  offer: Offer,
  source: PluginSource,
  builtIn: readonly string[],
  copy: PluginFolder,
  deps: InstallDependencies,
): Promise<InstalledPlugin> {
  await copy.npm(['install', '--omit=dev', source.spec])
  await checkOffer(offer, copy, deps)
  const root = join(copy.root, 'node_modules', offer.name)
  const installed = await checkFit({name: offer.name, root, undone: 'installed'}, builtIn, deps)
  await copy.list(offer.name, source)
  return installed
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

/** What the registry says of it; `undefined` if it does not come from one. */
async function offeredBy(
  {name, version}: Offer,
  {kind}: PluginSource,
  {npm, npmOptions, dataFolder}: InstallDependencies,
): Promise<Offered | undefined> {
  if (kind !== 'registry') return undefined
  return readOffered(await npm.run(['view', `${name}@${version}`], dataFolder, npmOptions))
}

/** The installed plugins that depend on a package. */
async function dependentsOf(name: string, {dataFolder, files}: InstallDependencies): Promise<readonly string[]> {
  const plugins = await installedPlugins(dataFolder, files)
  return plugins
    .filter(({manifest: {dependencies, peerDependencies}}) =>
      [dependencies, peerDependencies].some(needed => Object.hasOwn(readObject(needed), name)),
    )
    .map(plugin => plugin.name)
}

/** Between the look and the installation another version may have been published. */
async function checkOffer({name, integrity}: Offer, {root}: PluginFolder, {files}: InstallDependencies): Promise<void> {
  const lock = parseObject((await files.readText(join(root, 'node_modules/.package-lock.json'))) ?? '')
  const installed = readObject(readObject(lock.packages)[`node_modules/${name}`]).integrity
  // A package from git has no tarball, and so no integrity.
  if (installed !== undefined && installed !== integrity) {
    throw new AwsOidcError('BAD_RESPONSE', `npm installed a ${name} other than the one shown; it was removed.`, {
      hint: `aws-oidc plugins install ${name}`,
    })
  }
}
