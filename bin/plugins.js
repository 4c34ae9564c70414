// Has oclif load the plugins that may be used, and of their code only what the call needs.
import {Config, Plugin} from '@oclif/core'
import {normalizeArgv} from '@oclif/core/help'
import {AwsOidcError, pluginFailure, printable} from '../src/errors.ts'
import {pluginCommands, refusalOf} from '../src/wiring/plugin-commands.ts'
import {tell, told} from './told.js'

/**
 * @typedef {import('@oclif/core').Interfaces.Options} Options
 * @typedef {{readonly plugin: Plugin, readonly place: import('../src/wiring/plugin-commands.ts').PluginPlace}} Loaded
 */

/**
 * What oclif is to load: our own commands, and those of the plugins that may be used. Code of a plugin runs only where
 * one of its commands may be meant, so help and the list of plugins work whatever is installed. Rejects if a command is
 * meant that the configuration does not allow.
 * @param {Options} options for our own commands
 * @param {readonly string[]} args
 * @returns {Promise<Config | Options>}
 */
export async function withPlugins(options, args) {
  const commands = await pluginCommands(process.env, process.platform)
  if (commands.installed.length === 0) return options
  const own = await Config.load(options)
  const taken = new Set(own.plugins.keys())
  const loaded = (await Promise.all(commands.places.map(load))).flat().filter(({plugin}) => !taken.has(plugin.name))
  const isHelp = /^(|help|--help|-h)$/.test(args[0] ?? '')
  if (isHelp || args[0] === 'plugins') explain(args[0] ?? '', commands, loaded)
  const config = await configOf(own, loaded)
  const {id, command, isTopic} = meant(config, args)
  if (isHelp || command || isTopic) return confined(config, loaded, command, args)
  const refusal = refusalOf(id.split(':'), commands)
  if (refusal) throw told(refusal)
  // Only its code tells which commands a plugin without a manifest has.
  await Promise.all(loaded.filter(({plugin}) => !isKnown(plugin)).map(loadCommands))
  const whole = await configOf(own, loaded)
  return confined(whole, loaded, meant(whole, args).command, args)
}

/**
 * Loads a plugin without its code. One that can't be loaded is named, and left out.
 * @param {Loaded['place']} place
 * @returns {Promise<readonly Loaded[]>}
 */
async function load(place) {
  const plugin = new Plugin(place)
  // Without a manifest, oclif would look for the ids of commands in their code.
  Object.assign(plugin, {
    getCommandIDs: async () => [],
    warn: (/** @type {unknown} */ error) => warn(place.name, error),
  })
  try {
    await plugin.load()
    // With this, oclif would load a command to show its help.
    for (const command of plugin.commands) command.hasDynamicHelp = false
    return [{plugin, place}]
  } catch (error) {
    warn(place.name, error)
    return []
  }
}

/**
 * Loads the commands of a plugin by running their code.
 * @param {Loaded} loaded
 */
async function loadCommands({plugin, place: {name}}) {
  const {withinPluginLimit} = await import('../src/outside/processes/plugin-limit.ts')
  const blame = {late: 'its commands were not loaded', ended: 'it ended the whole command'}
  Reflect.deleteProperty(plugin, 'getCommandIDs')
  await withinPluginLimit(name, blame, () => plugin.load()).catch(error => warn(name, error))
}

/**
 * @param {Config} own
 * @param {readonly Loaded[]} loaded
 */
function configOf(own, loaded) {
  const [root, ...core] = own.getPluginsList()
  const plugins = [...(root ? [root] : []), ...loaded.map(({plugin}) => plugin), ...core]
  return Config.load({...own.options, plugins: new Map(plugins.map(plugin => [plugin.name, plugin]))})
}

/**
 * What oclif will take the arguments for.
 * @param {Config} config
 * @param {readonly string[]} args
 */
function meant(config, args) {
  const [id = ''] = normalizeArgv(config, [...args])
  return {id, command: config.findCommand(id), isTopic: config.findTopic(id) !== undefined}
}

/**
 * Leaves hooks only to the plugin whose command runs.
 * @param {Config} config
 * @param {readonly Loaded[]} loaded
 * @param {import('@oclif/core').Command.Loadable | undefined} command
 * @param {readonly string[]} args
 */
async function confined(config, loaded, command, args) {
  const {confineHooks, limitHooks} = await import('./plugin-hooks.js')
  const end = args.indexOf('--')
  const asksForHelp = args.slice(0, end < 0 ? args.length : end).some(arg => arg === '--help' || arg === '-h')
  for (const {plugin, place} of loaded) {
    const isCalled = !asksForHelp && command?.pluginType !== 'core' && command?.pluginAlias === place.name
    confineHooks(plugin, isCalled)
    if (isCalled) limitHooks(plugin, place.name)
  }
  return config
}

/**
 * Whether a plugin's commands are known without running code.
 * @param {Plugin} plugin
 */
function isKnown({hasManifest, pjson}) {
  return hasManifest || pjson.oclif.commands === undefined
}

/**
 * Says what help or the list of plugins leaves out.
 * @param {string} topic
 * @param {import('../src/wiring/plugin-commands.ts').PluginCommands} commands
 * @param {readonly Loaded[]} loaded
 */
function explain(topic, {refusals, problem}, loaded) {
  if (problem) tell(`Warning: No plugin is used: ${problem.message}`, problem.hint)
  else if (topic === 'plugins') for (const [name, {message, hint}] of refusals) tell(unused(name, message), hint)
  else {
    const unknown = loaded.filter(({plugin}) => !isKnown(plugin))
    for (const {place} of unknown) tell(`Warning: ${withoutManifest(place.name)}`)
  }
}

/**
 * @param {string} name
 * @param {string} why
 */
function unused(name, why) {
  return `The plugin ${name} is installed but not used: ${why}`
}

/** @param {string} name */
function withoutManifest(name) {
  return `Help leaves out the commands of the plugin ${name}: it has no valid oclif.manifest.json.`
}

/**
 * @param {string} name
 * @param {unknown} error
 */
function warn(name, error) {
  const reason = printable(error instanceof Error ? error.message : String(error))
  const {message} = error instanceof AwsOidcError ? error : pluginFailure(name, reason)
  tell(`Warning: ${message}`, `aws-oidc plugins uninstall ${name}`)
}
