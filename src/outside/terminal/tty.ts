import {spawnSync} from 'node:child_process'
import {closeSync, openSync, writeSync} from 'node:fs'
import type {Printable} from '../../text/printable.ts'
import {readOwnFile} from '../files/read-file.ts'

// A terminal stopped by Ctrl-S accepts nothing until Ctrl-Q; we may hold a lock meanwhile.
const patienceMilliseconds = 2_000

/** Writes to the controlling terminal, wherever stderr leads. False where there is none, or it accepts nothing. */
export function writeToTerminal(text: Printable, platform: NodeJS.Platform): boolean {
  if (platform === 'win32') return writeTo('\\\\.\\CONOUT$', 'r+', text)
  return canBeOpened('/dev/tty') && writeUnstopped(text, '/dev/tty', 'ignore')
}

/** Writes to stderr, which is a terminal, even from a background job. False if no detour is needed, or it failed. */
export function writeToStderrFromBackground(text: Printable, platform: NodeJS.Platform): boolean {
  return platform !== 'win32' && mayBeInBackground() && writeUnstopped(text, '&2', 'inherit')
}

/**
 * With `stty tostop` the kernel stops the whole background job that writes to its terminal (SIGTTOU): us, while we hold
 * a lock, and the AWS tool that waits for us. A process that ignores the signal is spared; Node can't ignore it, but a
 * child can. Without a shell there is no job control either.
 */
function writeUnstopped(text: string, to: '/dev/tty' | '&2', stderr: 'ignore' | 'inherit'): boolean {
  const {status, error} = spawnSync('/bin/sh', ['-c', `trap '' TTOU; exec cat >${to}`], {
    input: text,
    stdio: ['pipe', 'ignore', stderr],
    timeout: patienceMilliseconds,
    killSignal: 'SIGKILL',
  })
  if (error && 'code' in error && error.code === 'ENOENT') return to === '/dev/tty' && writeTo(to, 'w', text)
  return status === 0
}

/** proc_pid_stat(5): fields 5 and 8 are our process group and the foreground group of the terminal. */
function mayBeInBackground(): boolean {
  try {
    // The second field is the program's name, in parentheses, and may hold anything.
    const fields = readOwnFile('/proc/self/stat')
      .toString()
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[2] !== fields[5]
  } catch {
    return true
  }
}

/** Writes nothing, not even an empty text: that alone would stop us. */
function canBeOpened(path: string): boolean {
  try {
    closeSync(openSync(path, 'w'))
    return true
  } catch {
    return false
  }
}

function writeTo(path: string, flags: string, text: string): boolean {
  try {
    const terminal = openSync(path, flags)
    try {
      writeSync(terminal, text)
      return true
    } finally {
      closeSync(terminal)
    }
  } catch {
    return false
  }
}
