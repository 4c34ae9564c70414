import {execFile, spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {promisify} from 'node:util'
import {AwsOidcError} from '../errors.ts'

export interface Processes {
  /** Aborts when the person presses Ctrl-C or the system asks the process to end. */
  readonly interruption: AbortSignal
  /**
   * Starts a program and leaves it running. No shell; nothing of it reaches our output.
   * Rejects when it can't be started or ends with a failure within a moment.
   */
  launch(program: string, args: readonly string[]): Promise<void>
  /** From now on this process ends without waiting for what still runs in it: a native call hangs. */
  abandon(): void
  readonly abandoned: () => boolean
  /** Ends this process. */
  end(exitCode: number): never
  /** What a program prints, without a shell. Rejects when it fails or takes longer than `milliseconds`. */
  output(program: string, args: readonly string[], options: OutputOptions): Promise<string>
}

export interface OutputOptions {
  readonly milliseconds: number
  readonly signal: AbortSignal
  /** Variables besides our own. */
  readonly env: Readonly<Record<string, string>>
}

const run = promisify(execFile)

// A browser that can't start says so at once; one that runs stays, or hands over to a running one and ends with 0.
const momentMilliseconds = 1500

export function systemProcesses(): Processes {
  let abandoned = false
  const end = (exitCode: number) => (abandoned ? leave(exitCode) : process.exit(exitCode))
  return {
    interruption: interruption(end),
    abandon() {
      abandoned = true
    },
    abandoned: () => abandoned,
    end,

    launch(program, args) {
      return new Promise((resolve, reject) => {
        const child = spawn(program, args, {stdio: 'ignore', detached: true, windowsHide: true})
        const settled = setTimeout(resolve, momentMilliseconds)
        settled.unref()
        child.once('error', reject)
        child.once('exit', code => {
          clearTimeout(settled)
          if (code === 0) resolve()
          else reject(new Error(`${program} ended with exit code ${code}`))
        })
        child.unref()
      })
    },

    async output(program, args, {milliseconds, signal, env}) {
      const options = {timeout: milliseconds, signal, env: {...process.env, ...env}, windowsHide: true}
      const {stdout} = await run(program, [...args], options)
      return stdout
    },
  }
}

/**
 * `process.exit` joins the threads of the pool, and one of them would never come. Another program in place of this one,
 * or a kill, leaves them behind.
 */
function leave(exitCode: number): never {
  if (process.execve && existsSync('/bin/sh')) process.execve('/bin/sh', ['sh', '-c', `exit ${exitCode}`], {})
  process.kill(process.pid, 'SIGKILL')
  throw new Error('killed')
}

function interruption(end: (exitCode: number) => never): AbortSignal {
  const controller = new AbortController()
  const stop = (error: AwsOidcError) => {
    // A second signal, or work that doesn't heed the first one, ends the process all the same.
    process.once('SIGINT', () => end(130))
    process.once('SIGTERM', () => end(143))
    setTimeout(() => end(error.code === 'INTERRUPTED' ? 130 : 143), 3000).unref()
    controller.abort(error)
  }
  process.once('SIGINT', () => stop(new AwsOidcError('INTERRUPTED', 'Interrupted.')))
  process.once('SIGTERM', () => stop(new AwsOidcError('TERMINATED', 'Terminated.')))
  return controller.signal
}
