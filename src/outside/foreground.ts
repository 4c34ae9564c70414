import {type ChildProcess, type SpawnOptions, spawn} from 'node:child_process'
import {accessSync, constants} from 'node:fs'
import {constants as system} from 'node:os'
import {isatty} from 'node:tty'
import {type WindowsCommand, windowsCommand} from './windows-command.ts'

export type Command = readonly [program: string, ...args: string[]]

/** How a program that had the terminal as its own has ended. */
export interface ForegroundEnding {
  /** As a shell tells it: 128 and the number of a signal; 127 where there is no such program, 126 where it can't be started. */
  readonly exitCode: number
  readonly signal: NodeJS.Signals | undefined
  /** Why it was never started. */
  readonly problem: string | undefined
}

/** Nobody sends these to a whole group of processes: they are for us to hand on. */
const handedOn: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']
/** These a terminal sends to all that it runs, the program included: handed on, they would arrive twice. */
const ofTerminal: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGBREAK']

/**
 * Runs a program in our place: with our terminal, in our process group, so that Ctrl-C, Ctrl-Z and the size of the
 * window are its own. Signals do nothing to us as long as it lives.
 */
export async function runInForeground(
  command: Command,
  env: Readonly<Record<string, string>>,
  platform: NodeJS.Platform,
): Promise<ForegroundEnding> {
  const start = platform === 'win32' ? windowsCommand(command, env, isFile) : plain(command)
  if ('problem' in start) return {exitCode: start.exitCode, signal: undefined, problem: start.problem}
  const {program, args, verbatim} = start
  const options: SpawnOptions = {stdio: 'inherit', env, windowsVerbatimArguments: verbatim}
  let child: ChildProcess | undefined
  const listeners = listenersFor(signal => child?.kill(signal))
  for (const [signal, listener] of listeners) process.on(signal, listener)
  try {
    return await new Promise((resolve, reject) => {
      child = spawn(program, args, options)
      child.once('error', reject)
      child.once('exit', (code, signal) => resolve(endingOf(code, signal)))
    })
  } catch (error) {
    return notStarted(command[0], error)
  } finally {
    for (const [signal, listener] of listeners) process.off(signal, listener)
  }
}

function plain([program, ...args]: Command): WindowsCommand {
  return {program, args, verbatim: false}
}

function listenersFor(handOn: (signal: NodeJS.Signals) => void): [NodeJS.Signals, () => void][] {
  const atTerminal = [0, 1, 2].some(descriptor => isatty(descriptor))
  const nothing = () => undefined
  return [
    ...handedOn.map((signal): [NodeJS.Signals, () => void] => [signal, () => handOn(signal)]),
    ...ofTerminal.map((signal): [NodeJS.Signals, () => void] => [signal, atTerminal ? nothing : () => handOn(signal)]),
  ]
}

function endingOf(code: number | null, signal: NodeJS.Signals | null): ForegroundEnding {
  if (signal === null) return {exitCode: code ?? 1, signal: undefined, problem: undefined}
  return {exitCode: 128 + system.signals[signal], signal, problem: undefined}
}

function notStarted(program: string, error: unknown): ForegroundEnding {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  if (code === undefined) throw error
  if (code === 'ENOENT') return {exitCode: 127, signal: undefined, problem: `${program}: command not found`}
  const why = code === 'EACCES' ? 'permission denied' : code
  return {exitCode: 126, signal: undefined, problem: `${program}: ${why}`}
}

function isFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}
