import {spawn} from 'node:child_process'

export interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** Written to stdin, which is then closed: anybody on the machine could read an argument. */
  readonly input: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly milliseconds: number
  readonly signal: AbortSignal
}

/**
 * Runs pass without a shell. Rejects if it can't be started, takes longer than `milliseconds`, or the signal aborts.
 * Then kills its whole process group, because a gpg waiting for a passphrase would keep our pipes open.
 */
export function runPass(args: readonly string[], {input, env, milliseconds, signal}: RunOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const child = spawn('pass', args, {env, stdio: ['pipe', 'pipe', 'pipe'], detached: true})
    const output = {stdout: '', stderr: ''}
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', text => {
        output[name] += text
      })
    }

    const giveUp = (error: Error) => {
      settle()
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // The process has already ended.
      }
      for (const stream of child.stdio) stream?.destroy()
      reject(error)
    }
    const onAbort = () => giveUp(signal.reason)
    const timer = setTimeout(() => giveUp(tookTooLong(milliseconds)), milliseconds)
    const settle = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
    signal.addEventListener('abort', onAbort, {once: true})

    child.once('error', error => giveUp(notStarted(error)))
    child.once('close', exitCode => {
      settle()
      resolve({exitCode, ...output})
    })
    // pass may exit before it has read everything.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

function tookTooLong(milliseconds: number): Error {
  const message = `pass did not answer within ${milliseconds / 1000} seconds; it may wait for a passphrase.`
  return Object.assign(new Error(message), {code: 'UNAVAILABLE', hint: 'pass show any entry, and type the passphrase'})
}

function notStarted(cause: Error): Error {
  const message = `pass could not be started: ${'code' in cause ? cause.code : cause.message}.`
  return Object.assign(new Error(message, {cause}), {
    code: 'UNAVAILABLE',
    hint: 'Install pass (https://www.passwordstore.org).',
  })
}
