import {execFile} from 'node:child_process'
import {promisify} from 'node:util'
import {readObject} from '../../text/json.ts'
import type {Clock} from '../system/clock.ts'
import {programStart} from './program-start.ts'

export interface OutputOptions {
  readonly clock: Clock
  readonly milliseconds: number
  readonly signal: AbortSignal
  /** Environment variables, in addition to our own. */
  readonly variables: Readonly<Record<string, string>>
  readonly platform: NodeJS.Platform
}

const missing = 'there is no such program'

/**
 * What a program prints, run without a shell and with an empty stdin. Kills the program after `milliseconds` or when
 * the signal aborts. The error message of a rejection never contains the program's arguments or output.
 */
export async function programOutput(
  program: string,
  args: readonly string[],
  {clock, milliseconds, signal, variables, platform}: OutputOptions,
): Promise<string> {
  const env = {...process.env, ...variables}
  const start = programStart([program, ...args], env, platform)
  if ('problem' in start) throw new Error(start.exitCode === 127 ? missing : "a batch file can't take these arguments")
  const limit = clock.limit(milliseconds, new Error(`it took longer than ${milliseconds / 1000} s`), signal)
  try {
    const running = promisify(execFile)(start.program, [...start.args], {
      env,
      signal: limit.signal,
      windowsHide: true,
      windowsVerbatimArguments: start.verbatim,
    })
    // On abort execFile sends SIGTERM, whatever its killSignal: a program that ignores it would stay for ever.
    limit.signal.addEventListener('abort', () => running.child.kill('SIGKILL'), {once: true})
    running.child.stdin?.on('error', () => undefined).end()
    return (await running).stdout
  } catch (error) {
    limit.signal.throwIfAborted()
    throw new Error(reasonOf(error))
  } finally {
    limit.cancel()
  }
}

function reasonOf(error: unknown): string {
  const {code, signal} = readObject(error)
  if (code === 'ENOENT') return missing
  if (typeof code === 'number') return `it ended with exit code ${code}`
  if (typeof code === 'string') return code
  return typeof signal === 'string' ? `it was ended by ${signal}` : 'unknown reason'
}
