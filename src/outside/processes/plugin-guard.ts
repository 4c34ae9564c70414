import fs from 'node:fs'
import {syncBuiltinESMExports} from 'node:module'
import {Worker} from 'node:worker_threads'
import {AwsOidcError} from '../../errors.ts'
import {onScreen, type Printable} from '../../text/printable.ts'
import {type Clock, rejectionOf} from '../system/clock.ts'
import {complain} from '../terminal/output.ts'

/**
 * Keeps plugin code from spoiling a call by accident: by printing into the result, ending the process, or blocking
 * while it loads. It does not protect against malice: a plugin has all rights of the user.
 */
export interface PluginGuard {
  /**
   * Loads code of a plugin. If that takes too long, rejects with PLUGIN_FAILED, or ends the process if its thread is
   * blocked. From then until `lift`, output to stdout goes to `printed`, and an exit is blamed on the plugins.
   */
  load<Result>(plugin: string, printed: (text: string) => void, work: () => Promise<Result>): Promise<Result>
  /**
   * Call when the result is written: removes the guard, and ends the process soon, whatever plugins have left running.
   */
  lift(): void
}

export interface GuardDependencies {
  readonly clock: Clock
  /** Aborted when the process is ended from outside. */
  readonly interruption: AbortSignal
}

// Loading only reads files, and waits for no network or user; the slowest disk needs a second or two.
const limitMilliseconds = 10_000
// Time for a page that is still on its way to the browser; without plugins the process ends by itself.
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
    const what = waitsForNothing ? 'it waits for something that never comes' : 'it ended the whole command'
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

/** That plugins failed, and how to remove the first. */
export function lineOf(plugins: readonly string[], what: string): Printable {
  const names = plugins.length === 1 ? `The plugin ${plugins[0]}` : `One of the plugins ${plugins.join(', ')}`
  return onScreen([`Error: ${names} failed: ${what}.`, `Try: aws-oidc plugins uninstall ${plugins[0]}`, ''])
}

/**
 * An endless loop lets no timer and no Ctrl-C through, so another thread reports it and kills the process. It can't
 * choose the exit code.
 */
export function endWhenBlocked(line: Printable, milliseconds: number): () => void {
  const done = new Int32Array(new SharedArrayBuffer(4))
  const code = `
    const {done, line, milliseconds} = require('node:worker_threads').workerData
    if (Atomics.wait(done, 0, 0, milliseconds) === 'timed-out') {
      try { require('node:fs').writeSync(2, line) } catch {}
      process.kill(process.pid, 'SIGKILL')
    }`
  const worker = new Worker(code, {eval: true, workerData: {done, line, milliseconds}})
  worker.unref()
  // If the thread can't start (limits of threads or memory), an endless loop stays endless.
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
