import {type ErrorCode, expectedFailure, pluginFailure, printable} from '../../errors.ts'
import {onScreen, type Printable} from '../../text/printable.ts'
import {type Clock, rejectionOf} from '../system/clock.ts'
import {complain} from '../terminal/output.ts'
import {type LastWords, mostMegabytes, type Watchdog, watchThread} from './blocked-thread.ts'
import {divertChildren} from './diverted-children.ts'
import {divertStdout} from './diverted-stdout.ts'

/**
 * Keeps plugin code from spoiling a call by accident: by printing into the result, ending the process, failing where
 * nobody waits for it, or blocking while it loads. It does not protect against malice: a plugin has all rights of the
 * user.
 */
export interface PluginGuard {
  /**
   * Loads code of a plugin. If that takes too long, rejects with PLUGIN_FAILED. From then on, output to stdout goes to
   * `printed`, that of child processes to stderr, and a blocked thread ends the process. Until `lift`, an exit and a
   * failure that nobody handles are blamed on the plugins, and end the process with exit code 1.
   */
  load<Result>(plugin: string, printed: (text: string) => void, work: () => Promise<Result>): Promise<Result>
  /** Call when a program has our credentials and terminal: from now on, failures that nobody handles are only noted. */
  forgive(): void
  /**
   * Call when the result is written: what plugins do from now on is nobody's failure. Ends the process soon and with
   * `exitCode`, whatever plugins have left running.
   */
  lift(exitCode: number): void
}

export interface GuardDependencies {
  readonly clock: Clock
  /** Aborted when the process is ended from outside. */
  readonly interruption: AbortSignal
}

// Loading only reads files, and waits for no network or user; the slowest disk needs a second or two.
const limitSeconds = 10
// Time for a page that is still on its way to the browser; without plugins the process ends by itself.
const momentMilliseconds = 1000
const stillBusy = `it was not loaded within ${limitSeconds} seconds`
const blocked = `it blocked the whole command for ${limitSeconds} seconds`
// Work that a plugin does not wait for fails with the reason for which a call ends, and that call reports it itself.
const endings = new Set<ErrorCode | undefined>(['INTERRUPTED', 'TERMINATED', 'TIMED_OUT'])

export function systemPluginGuard({clock, interruption}: GuardDependencies): PluginGuard {
  const admitted = new Set<string>()
  let note: ((text: string) => void) | undefined
  let watchdog: Watchdog | undefined
  let waitsForNothing = false
  let forgiven = false

  function onBeforeExit(): void {
    waitsForNothing = true
  }

  function onExit(): void {
    if (interruption.aborted) return
    const what = waitsForNothing ? 'it waits for something that never comes' : 'it ended the whole command'
    complain(lineOf([...admitted], what))
    process.exitCode = 1
  }

  function onUnhandled(error: unknown): void {
    note?.(`left unhandled: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    if (forgiven || interruption.aborted || endings.has(expectedFailure(error)?.code)) return
    process.removeListener('exit', onExit)
    complain(lineOf([...admitted], reasonOf(error)))
    process.exit(1)
  }

  return {
    async load(plugin, printed, work) {
      if (!note) {
        note = printed
        divertStdout(printed)
        divertChildren()
        // What these do is decided at home: a plugin that replaces it would have a provider's good answer refused.
        for (const shared of [JSON, Math, Reflect, Atomics]) Object.freeze(shared)
        process.once('beforeExit', onBeforeExit)
        process.once('exit', onExit)
        // Node raises a rejection that nobody handles as such an exception.
        process.on('uncaughtException', onUnhandled)
      }
      admitted.add(plugin)
      const limit = clock.limit(limitSeconds * 1000, pluginFailure(plugin, stillBusy))
      const words = lastWords([plugin], stillBusy)
      watchdog ??= watchThread(words, limitSeconds)
      watchdog.say(words)
      try {
        return await Promise.race([work(), rejectionOf(limit.signal)])
      } finally {
        limit.cancel()
        watchdog.say(lastWords([...admitted], blocked))
      }
    },

    forgive() {
      forgiven = true
    },

    lift(exitCode) {
      if (!note) return
      forgiven = true
      process.removeListener('beforeExit', onBeforeExit)
      process.removeListener('exit', onExit)
      process.once('exit', () => {
        process.exitCode = exitCode
      })
      setTimeout(() => process.exit(), momentMilliseconds).unref()
    },
  }
}

// A plugin may quote anything in its error.
const longestReason = 1_000

function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? error.message || error.name : String(error)
  return printable(reason, longestReason).replace(/\.$/, '')
}

/** That plugins failed, and how to remove the first. */
export function lineOf(plugins: readonly string[], what: string): Printable {
  const names = plugins.length === 1 ? `The plugin ${plugins[0]}` : `One of the plugins ${plugins.join(', ')}`
  return onScreen([`Error: ${names} failed: ${what}.`, `Try: aws-oidc plugins uninstall ${plugins[0]}`, ''])
}

/** What to say of plugins before the process is killed. */
export function lastWords(plugins: readonly string[], blocked: string): LastWords {
  return {
    blocked: lineOf(plugins, blocked),
    greedy: lineOf(plugins, `it took more than ${mostMegabytes} MB of memory`),
  }
}
