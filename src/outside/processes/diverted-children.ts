import {syncBuiltinESMExports} from 'node:module'
import {unwatched} from './blocked-thread.ts'
import {keepsStdout} from './foreground.ts'

/**
 * Gives the programs that code of this process starts our stderr in place of our stdout, for the rest of the process: a
 * program that inherits stdout writes between the bytes of the result, or after it, and the AWS tool that reads it
 * throws good credentials away. Only those functions can hand on a descriptor; `exec` and `execFile` make pipes.
 * The program that `exec` runs has a mark of foreground.ts, and keeps it. A program that code waits for may block this
 * thread for as long as it runs.
 */
export function divertChildren(): void {
  // The module itself, of which an import may be a copy.
  const childProcess = process.getBuiltinModule('node:child_process')
  const real: Readonly<Record<string, unknown>> = {...childProcess}
  const diverted = ['spawn', 'spawnSync', 'execSync', 'execFileSync', 'fork'].map(name => [
    name,
    (...args: readonly unknown[]) => {
      const usual = real[name]
      if (typeof usual !== 'function') throw new Error(`Node has no ${name}`)
      return unwatched(() =>
        Reflect.apply(usual, childProcess, name === 'fork' ? forkArguments(args) : args.map(withoutStdout)),
      )
    },
  ])
  Object.assign(childProcess, Object.fromEntries(diverted))
  syncBuiltinESMExports()
}

/** Without options of its own, a forked module inherits all three descriptors. */
function forkArguments(args: readonly unknown[]): readonly unknown[] {
  const options = args.find(isOptions)
  if (options?.stdio !== undefined && options.stdio !== null) {
    const all = options.stdio === 'inherit' ? {...options, stdio: ['inherit', 'inherit', 'inherit', 'ipc']} : options
    return args.map(arg => (arg === options ? withoutStdout(all) : arg))
  }
  if (options?.silent) return args
  const diverted = {...options, stdio: ['inherit', 2, 'inherit', 'ipc']}
  return options ? args.map(arg => (arg === options ? diverted : arg)) : [args[0], args[1] ?? [], diverted]
}

/** Options of a child process with stderr wherever they name stdout; any other argument as it is. */
function withoutStdout(arg: unknown): unknown {
  if (!isOptions(arg) || Object.hasOwn(arg, keepsStdout)) return arg
  const {stdio} = arg
  if (stdio === 'inherit') return {...arg, stdio: ['inherit', 2, 'inherit']}
  if (!Array.isArray(stdio)) return arg
  return {...arg, stdio: stdio.map((entry: unknown, index) => (isStdout(entry, index) ? 2 : entry))}
}

function isStdout(entry: unknown, index: number): boolean {
  if (entry === 1 || (entry === 'inherit' && index === 1)) return true
  return typeof entry === 'object' && entry !== null && 'fd' in entry && entry.fd === 1
}

function isOptions(arg: unknown): arg is Readonly<Record<string, unknown>> {
  return typeof arg === 'object' && arg !== null && !Array.isArray(arg) && !(arg instanceof URL)
}
