import {spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {AwsOidcError} from '../../errors.ts'
import {type ForegroundEnding, runInForeground} from './foreground.ts'
import {isDeafToHangUp} from './hang-up.ts'
import {type Command, failureOf, programStart} from './program-start.ts'

export interface Processes {
  /** Aborts when the user presses Ctrl-C or the system asks the process to end. */
  readonly interruption: AbortSignal
  /**
   * Starts a program without a shell and leaves it running, detached from our output. Rejects when it can't be started
   * or fails within 1.5 seconds.
   */
  launch(program: string, args: readonly string[]): Promise<void>
  /** Runs a program in our place, with our terminal. Until it ends, we ignore signals. */
  runInForeground(command: Command, env: Readonly<Record<string, string>>): Promise<ForegroundEnding>
  /** Makes `end` leave without waiting for the threads of this process, because a native call hangs. */
  abandon(): void
  readonly abandoned: () => boolean
  /** Ends this process. */
  end(exitCode: number): never
  /**
   * Ends this process by SIGINT: a shell script that runs us then stops too, whereas after an exit code it would go on.
   */
  endByInterrupt(): never
}

// A browser that can't start fails at once; otherwise it stays, or hands over to a running one and exits with 0.
const momentMilliseconds = 1500

export function systemProcesses(): Processes {
  let abandoned = false
  const end = (exitCode: number) => (abandoned ? leave(exitCode) : process.exit(exitCode))
  const {signal, deafTo} = interruption(end)
  const {platform} = process
  const deafToHangUp = platform !== 'win32' && isDeafToHangUp(process.env)
  if (deafToHangUp) process.on('SIGHUP', () => undefined)
  return {
    interruption: signal,
    abandon() {
      abandoned = true
    },
    abandoned: () => abandoned,
    end,

    endByInterrupt() {
      if (platform === 'win32') return end(130)
      process.removeAllListeners('SIGINT')
      process.kill(process.pid, 'SIGINT')
      return end(130)
    },

    runInForeground: (command, env) => deafTo(() => runInForeground(command, env, {platform, deafToHangUp})),

    launch(program, args) {
      return new Promise((resolve, reject) => {
        const start = programStart([program, ...args], process.env, platform)
        if ('problem' in start) throw failureOf(start)
        const child = spawn(start.program, start.args, {
          stdio: 'ignore',
          detached: true,
          windowsHide: true,
          windowsVerbatimArguments: start.verbatim,
        })
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
  }
}

/**
 * `process.exit` joins the threads of the pool, of which one hangs. Replacing this process by another program, or
 * killing it, leaves them behind.
 */
function leave(exitCode: number): never {
  if (process.execve && existsSync('/bin/sh')) process.execve('/bin/sh', ['sh', '-c', `exit ${exitCode}`], {})
  process.kill(process.pid, 'SIGKILL')
  throw new Error('killed')
}

interface Interruption {
  readonly signal: AbortSignal
  /** Runs the work while signals do not interrupt us. */
  deafTo<Result>(work: () => Promise<Result>): Promise<Result>
}

function interruption(end: (exitCode: number) => never): Interruption {
  const controller = new AbortController()
  const stop = (error: AwsOidcError) => {
    // A second signal, or 3 seconds without an end, ends the process regardless.
    process.once('SIGINT', () => end(130))
    process.once('SIGTERM', () => end(143))
    setTimeout(() => end(error.code === 'INTERRUPTED' ? 130 : 143), 3000).unref()
    controller.abort(error)
  }
  const onInterrupt = () => stop(new AwsOidcError('INTERRUPTED', 'Interrupted.'))
  const onTerminate = () => stop(new AwsOidcError('TERMINATED', 'Terminated.'))
  const listen = () => void process.once('SIGINT', onInterrupt).once('SIGTERM', onTerminate)
  listen()
  return {
    signal: controller.signal,
    async deafTo(work) {
      process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate)
      try {
        return await work()
      } finally {
        listen()
      }
    },
  }
}
