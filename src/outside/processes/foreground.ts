import {type ChildProcess, type SpawnOptions, spawn} from 'node:child_process'
import {constants as system} from 'node:os'
import {isatty} from 'node:tty'
import {type Command, programStart} from './program-start.ts'
import {groupWitness, type Witness} from './witness.ts'

/** How a program in the foreground has ended. */
export interface ForegroundEnding {
  /** As in a shell: 128 plus the number of a signal; 127 for a missing program, 126 for one that can't be started. */
  readonly exitCode: number
  readonly signal: NodeJS.Signals | undefined
  /** Why the program was never started. */
  readonly problem: string | undefined
}

export interface ForegroundPlace {
  readonly platform: NodeJS.Platform
  /** Whether the program ignores SIGHUP, as we do. */
  readonly deafToHangUp: boolean
}

/** Marks the options of the program that runs in our place: once plugin code was loaded, no other gets our stdout. */
export const keepsStdout = Symbol('keeps stdout')

const handedOn: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGINT', 'SIGQUIT', 'SIGBREAK']

/**
 * Runs a program in our place: with our terminal and in our process group, so that Ctrl-C, Ctrl-Z and changes of the
 * window's size reach it. Signals have no effect on us while it runs.
 */
export async function runInForeground(
  command: Command,
  env: Readonly<Record<string, string>>,
  {platform, deafToHangUp}: ForegroundPlace,
): Promise<ForegroundEnding> {
  const start = programStart(deafToHangUp ? deaf(command) : command, env, platform)
  if ('problem' in start) return {exitCode: start.exitCode, signal: undefined, problem: start.problem}
  const {program, args, verbatim} = start
  const own = {[keepsStdout]: true}
  const options: SpawnOptions = {stdio: 'inherit', env, windowsVerbatimArguments: verbatim, ...own}
  const witness = witnessOn(platform)
  let child: ChildProcess | undefined
  const listeners = handedOn.map((signal): [NodeJS.Signals, () => void] => [
    signal,
    // A signal that the program has got as well must not be passed on: it would arrive twice.
    async () => void ((signal === 'SIGHUP' && deafToHangUp) || (await witness.saw(signal)) || child?.kill(signal)),
  ])
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
    witness.leave()
  }
}

/**
 * A terminal signals its whole foreground group, as does the Windows console; without one, signals are sent to us
 * alone.
 */
function witnessOn(platform: NodeJS.Platform): Witness {
  if (platform === 'win32') return {saw: async () => true, leave: () => undefined}
  const atTerminal = [0, 1, 2].some(descriptor => isatty(descriptor))
  return atTerminal ? groupWitness() : {saw: async () => false, leave: () => undefined}
}

/** Node restores the default of every signal in a child; programs of a shell inherit what it ignores. */
function deaf(command: Command): Command {
  return ['/bin/sh', '-c', 'trap "" HUP; exec "$@"', 'sh', ...command]
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
