import {type ChildProcess, type SpawnOptions, spawn} from 'node:child_process'
import {constants as system} from 'node:os'
import {isatty} from 'node:tty'
import {type Command, programStart} from './program-start.ts'
import {groupWitness, type Witness} from './witness.ts'

/** How a program that had the terminal as its own has ended. */
export interface ForegroundEnding {
  /** As a shell tells it: 128 and the number of a signal; 127 where there is no such program, 126 where it can't be started. */
  readonly exitCode: number
  readonly signal: NodeJS.Signals | undefined
  /** Why it was never started. */
  readonly problem: string | undefined
}

export interface ForegroundPlace {
  readonly platform: NodeJS.Platform
  /** Whether SIGHUP is to do nothing to the program, as it does nothing to us. */
  readonly deafToHangUp: boolean
}

const handedOn: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGINT', 'SIGQUIT', 'SIGBREAK']

/**
 * Runs a program in our place: with our terminal, in our process group, so that Ctrl-C, Ctrl-Z and the size of the
 * window are its own. Signals do nothing to us as long as it lives.
 */
export async function runInForeground(
  command: Command,
  env: Readonly<Record<string, string>>,
  {platform, deafToHangUp}: ForegroundPlace,
): Promise<ForegroundEnding> {
  const start = programStart(deafToHangUp ? deaf(command) : command, env, platform)
  if ('problem' in start) return {exitCode: start.exitCode, signal: undefined, problem: start.problem}
  const {program, args, verbatim} = start
  const options: SpawnOptions = {stdio: 'inherit', env, windowsVerbatimArguments: verbatim}
  const witness = witnessOn(platform)
  let child: ChildProcess | undefined
  const listeners = handedOn.map((signal): [NodeJS.Signals, () => void] => [
    signal,
    // Handed on although the program has got it, too, it would arrive twice.
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

/** A terminal sends signals to all that it runs, and so does the console of Windows; elsewhere they are sent to us alone. */
function witnessOn(platform: NodeJS.Platform): Witness {
  if (platform === 'win32') return {saw: async () => true, leave: () => undefined}
  const atTerminal = [0, 1, 2].some(descriptor => isatty(descriptor))
  return atTerminal ? groupWitness() : {saw: async () => false, leave: () => undefined}
}

/** Node would give the program the default of every signal; what a shell ignores its programs ignore, too. */
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
