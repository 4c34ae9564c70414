// Which hooks of plugins oclif runs, and for how long: docs/plugin-authors.md.
import {Config} from '@oclif/core'
import {AwsOidcError, pluginFailure, printable} from '../src/errors.ts'
import {withinPluginLimit} from '../src/outside/processes/plugin-limit.ts'
import {tell, told} from './told.js'

/** What oclif runs around a command. */
const around = ['init', 'prerun', 'postrun', 'finally']

/** What else oclif runs of its own accord. A plugin may have more, for other plugins to run. */
const others = [
  'command_not_found',
  'command_incomplete',
  'jit_plugin_not_installed',
  'preparse',
  'preupdate',
  'update',
]

// Time for what is still on its way, where a hook that is not waited for keeps the process alive.
const momentMilliseconds = 1000

/**
 * Leaves a plugin only the hooks that it may have in this call: around its own commands, or none.
 * @param {import('@oclif/core').Plugin} plugin
 * @param {boolean} isCalled
 */
export function confineHooks(plugin, isCalled) {
  const refused = isCalled ? others : [...around, ...others]
  plugin.hooks = Object.fromEntries(Object.entries(plugin.hooks).filter(([event]) => !refused.includes(event)))
}

/**
 * Runs the hooks around a command of this plugin within a limit. One that fails before the command ends the call, and
 * one that fails after it is reported; of itself, oclif ignores both.
 * @param {import('@oclif/core').Plugin} plugin
 * @param {string} name under which it was installed
 */
export function limitHooks(plugin, name) {
  const {runHook} = Config.prototype
  /**
   * @this {Config}
   * @param {string} event
   * @param {any[]} rest
   */
  async function limited(event, ...rest) {
    const run = (/** @type {any[]} */ ...args) => Reflect.apply(runHook, this, args)
    if (!around.includes(event) || !plugin.hooks[event]) return run(event, ...rest)
    const [options, limit] = rest
    const what = `its hook "${event}"`
    const result = await withinPluginLimit(
      name,
      {late: `${what} did not end`, ended: `${what} ended the whole command`},
      () => run(event, options, limit, true),
    ).catch(error => ({failures: [{error}], successes: []}))
    const [failed] = result.failures
    if (failed) judge(failed.error, name, event)
    return result
  }
  Object.assign(Config.prototype, {runHook: limited})
}

/**
 * @param {any} error
 * @param {string} name
 * @param {string} event
 */
function judge(error, name, event) {
  // What a hook says by `this.error` and `this.exit`, which are its means of ending the command. oclif ignores exit(0).
  const exit = error?.code === 'MODULE_NOT_FOUND' ? undefined : error?.oclif?.exit
  if (exit === 0) return
  if (exit !== undefined) throw error
  const reason = printable(error instanceof Error ? error.message : String(error))
  const failure =
    error instanceof AwsOidcError ? error : pluginFailure(name, `its hook "${event}" says: ${reason}`, error)
  if (event === 'init' || event === 'prerun') throw told(failure)
  tell(`Error: ${failure.message}`, failure.hint)
  process.exitCode ||= 1
  setTimeout(() => process.exit(), momentMilliseconds).unref()
}
