import fs from 'node:fs'
import {syncBuiltinESMExports} from 'node:module'
import {Worker} from 'node:worker_threads'
import {AwsOidcError} from '../../errors.ts'
import {onScreen, type Printable} from '../../text/printable.ts'
import {type Clock, rejectionOf} from '../system/clock.ts'
import {complain} from '../terminal/output.ts'

/**
 * Keeps code of plugins from spoiling a call by accident: from printing into its result, from ending it, and from
 * holding it up while it is loaded. No protection against ill will: a plugin has all rights of the person who runs it.
 */
export interface PluginGuard {
  /**
   * Loads code of a plugin. Rejects with PLUGIN_FAILED, or ends the process where nothing else can, when it takes long.
   * From then on, until `lift`, what is printed goes to `printed`, and the end of the process is laid at its door.
   */
  load<Result>(plugin: string, printed: (text: string) => void, work: () => Promise<Result>): Promise<Result>
  /** The rest of the call is ours, and everything is written: what a plugin has left running is not waited for. */
  lift(): void
}

export interface GuardDependencies {
  readonly clock: Clock
  /** Aborted when somebody else ends the process. */
  readonly interruption: AbortSignal
}

// Loading reads files and runs nothing that waits for a network or a person; the slowest disk needs a second or two.
const limitMilliseconds = 10_000
// For a page that is still on its way to the browser; without a plugin the process ends by itself.
const momentMilliseconds = 1000
const stillBusy = `it was not loaded within ${limitMilliseconds / 1000} seconds`

export function systemPluginGuard({clock, interruption}: GuardDependencies): PluginGuard {
  const admitted = new Set<string>()
  let restore: (() => void) | undefined
  let waitsForNothing = false

  function onBeforeExit(): void {
    waitsForNothing = true
  }

  function onExit(): void {
    if (interruption.aborted) return
    const what = waitsForNothing ? 'it waits for what never comes' : 'it ended the whole command'
    complain(lineOf([...admitted], what))
    process.exitCode = 1
  }

  return {
    async load(plugin, printed, work) {
      if (!restore) {
        restore = divertStdout(printed)
        process.once('beforeExit', onBeforeExit)
        process.once('exit', onExit)
      }
      admitted.add(plugin)
      const tooLong = new AwsOidcError('PLUGIN_FAILED', `The plugin ${plugin} failed: ${stillBusy}.`, {
        hint: `aws-oidc plugins uninstall ${plugin}`,
      })
      const limit = clock.limit(limitMilliseconds, tooLong)
      const stopWatching = endWhenBlocked(lineOf([plugin], stillBusy), limitMilliseconds + 1000)
      try {
        return await Promise.race([work(), rejectionOf(limit.signal)])
      } finally {
        limit.cancel()
        stopWatching()
      }
    },

    lift() {
      if (restore) setTimeout(() => process.exit(), momentMilliseconds).unref()
      restore?.()
      restore = undefined
      process.removeListener('beforeExit', onBeforeExit)
      process.removeListener('exit', onExit)
    },
  }
}

function lineOf(plugins: readonly string[], what: string): Printable {
  const names = plugins.length === 1 ? `The plugin ${plugins[0]}` : `One of the plugins ${plugins.join(', ')}`
  return onScreen([`Error: ${names} failed: ${what}.`, `Try: aws-oidc plugins uninstall ${plugins[0]}`, ''])
}

/**
 * A loop without end leaves no turn to a timer or to Ctrl-C, so another thread says what happened and ends the process.
 * It can't choose the exit code.
 */
function endWhenBlocked(line: Printable, milliseconds: number): () => void {
  const done = new Int32Array(new SharedArrayBuffer(4))
  const code = `
    const {done, line, milliseconds} = require('node:worker_threads').workerData
    if (Atomics.wait(done, 0, 0, milliseconds) === 'timed-out') {
      try { require('node:fs').writeSync(2, line) } catch {}
      process.kill(process.pid, 'SIGKILL')
    }`
  const worker = new Worker(code, {eval: true, workerData: {done, line, milliseconds}})
  worker.unref()
  // Without it (a limit of threads or memory) a loop is as endless as it is.
  worker.once('error', () => undefined)
  return () => {
    Atomics.store(done, 0, 1)
    Atomics.notify(done, 0)
  }
}

/** Our own result is written by output.ts, which has kept the real `writeSync`. */
function divertStdout(printed: (text: string) => void): () => void {
  const divert = (data: unknown) => printed(textOf(data))

  const finishing = (result: (data: unknown) => readonly unknown[]) => (data: unknown, rest: readonly unknown[]) => {
    divert(data)
    const callback = rest.findLast(isFunction)
    if (callback) process.nextTick(callback, null, ...result(data))
  }
  const returning = (result: (data: unknown) => unknown) => (data: unknown) => {
    divert(data)
    return result(data)
  }
  const instead = {
    writeSync: returning(lengthOf),
    writevSync: returning(lengthOf),
    writeFileSync: returning(() => undefined),
    appendFileSync: returning(() => undefined),
    write: finishing(data => [lengthOf(data), data]),
    writev: finishing(data => [lengthOf(data), data]),
    writeFile: finishing(() => []),
    appendFile: finishing(() => []),
  } satisfies Readonly<Record<string, (data: unknown, rest: readonly unknown[]) => unknown>>

  const real: Readonly<Record<string, unknown>> = {...fs}
  const toFiles = Object.entries(instead).map(([name, work]) => [
    name,
    (...args: readonly unknown[]) => {
      const [descriptor, data, ...rest] = args
      const usual = real[name]
      return descriptor === 1 || !isFunction(usual) ? work(data, rest) : Reflect.apply(usual, fs, args)
    },
  ])
  const {stdout} = process
  const realWrite = stdout.write
  Object.assign(fs, Object.fromEntries(toFiles))
  Object.assign(stdout, {
    write(data: unknown, ...rest: readonly unknown[]) {
      finishing(() => [])(data, rest)
      return true
    },
  })
  syncBuiltinESMExports()

  return () => {
    Object.assign(fs, Object.fromEntries(Object.keys(instead).map(name => [name, real[name]])))
    Object.assign(stdout, {write: realWrite})
    syncBuiltinESMExports()
  }
}

function isFunction(value: unknown): value is (...args: readonly unknown[]) => unknown {
  return typeof value === 'function'
}

function textOf(data: unknown): string {
  if (Array.isArray(data)) return data.map(textOf).join('')
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8')
  return String(data)
}

function lengthOf(data: unknown): number {
  if (Array.isArray(data)) return data.reduce((sum: number, part) => sum + lengthOf(part), 0)
  return ArrayBuffer.isView(data) ? data.byteLength : Buffer.byteLength(String(data))
}
