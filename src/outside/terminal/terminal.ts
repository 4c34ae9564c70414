import {openSync} from 'node:fs'
import {text} from 'node:stream/consumers'
import {isatty, WriteStream} from 'node:tty'
import {type Message, onScreen, type Printable} from '../../text/printable.ts'
import {endOf} from './ended-input.ts'
import {complain, prose} from './output.ts'
import {noProgress, type Progress, progressOn} from './progress.ts'
import {writeToTerminal} from './tty.ts'

/** Where users are reached. stdout is not here: it belongs to the result alone. */
export interface Terminal extends Pick<Progress, 'waitingFor'> {
  readonly stdinIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  /** Whether messages to the user may have colours (https://no-color.org). */
  readonly colours: boolean
  /** Writes to stderr, for the program or user that started the command. Never throws. */
  say(message: Message): void
  /** Tells the user: on the terminal itself where there is one, because botocore and the JS SDK swallow stderr. */
  tell(message: Message): void
  /**
   * Shows a line on stderr until the returned function is called, if stderr is a terminal that can take it back. Else tells
   * the user, and nothing takes that away.
   */
  notice(text: string): () => void
  /** The terminal that `tell` writes to, if it can show block characters and knows its size. */
  screen(): Screen | undefined
  /** All of stdin, for a command whose input it is. */
  readStdin(): Promise<string>
  /** For prompts: answers come from stdin, and stdout stays free for the result. */
  promptStreams(): {
    readonly input: NodeJS.ReadableStream
    readonly output: NodeJS.WritableStream
    /** Aborts when stdin has ended, so that no answer can come. */
    readonly ended: AbortSignal
  }
}

/** The size of a terminal, and whether it may have colours. */
export interface Screen {
  readonly columns: number
  readonly rows: number
  /** Whether colours may be used (https://no-color.org). */
  readonly colours: boolean
}

type Size = Omit<Screen, 'colours'>
type Env = Readonly<Record<string, string | undefined>>

// A caller that doesn't read our stderr (AWS SDK for Java) would block us once its pipe of 64 KiB is full. The rest of
// the pipe is left for the failure that ends the command.
const stderrLimit = 40_000

export function systemTerminal(env: Env, platform: NodeJS.Platform): Terminal {
  let written = 0
  // A terminal that has refused a text, or timed out, is not tried again.
  let reachable = true
  const stderrIsTerminal = isatty(2)
  const smart = platform === 'win32' || (env.TERM ?? 'dumb') !== 'dumb'
  const progress = stderrIsTerminal && smart && !env.CI && !env.NO_COLOR ? progressOnStderr() : noProgress

  function say(message: Message): void {
    const text = prose(ended(message), 2)
    const bytes = Buffer.byteLength(text)
    if (written + bytes > stderrLimit) return
    written += bytes
    progress.above(() => complain(text))
  }

  function tell(message: Message): void {
    reachable &&= !stderrIsTerminal && writeToTerminal(ended(message), platform)
    if (!reachable) say(message)
  }

  return {
    stdinIsTerminal: isatty(0),
    stderrIsTerminal,
    colours: stderrIsTerminal && smart && !env.NO_COLOR,
    say,
    tell,
    notice(text) {
      if (progress !== noProgress) return progress.notice(text)
      tell(text)
      return () => undefined
    },
    screen() {
      if (!showsBlocks(platform, env)) return undefined
      const size = stderrIsTerminal ? sizeOfStderr() : sizeOfTerminal()
      return size && {...size, colours: !env.NO_COLOR}
    },
    readStdin: () => text(process.stdin),
    promptStreams() {
      progress.clear()
      return {input: process.stdin, output: process.stderr, ended: endOf(process.stdin)}
    },
    waitingFor: progress.waitingFor,
  }
}

function ended(message: Message): Printable {
  return onScreen([...(typeof message === 'string' ? [message] : message), ''])
}

function progressOnStderr(): Progress {
  const progress = progressOn({
    write: complain,
    columns: () => process.stderr.columns || 80,
    after(milliseconds, work) {
      const timer = setTimeout(work, milliseconds)
      timer.unref()
      return () => clearTimeout(timer)
    },
  })
  process.once('exit', progress.clear)
  return progress
}

/** A Windows console expects bytes in a code page of its own, and a locale without UTF-8 has no block characters. */
function showsBlocks(platform: NodeJS.Platform, {TERM, LC_ALL, LC_CTYPE, LANG}: Env): boolean {
  if (platform === 'win32' || !TERM || TERM === 'dumb') return false
  return platform === 'darwin' || /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '')
}

function sizeOfStderr(): Size | undefined {
  return isatty(2) && process.stderr instanceof WriteStream ? sizeOf(process.stderr) : undefined
}

function sizeOfTerminal(): Size | undefined {
  try {
    const stream = new WriteStream(openSync('/dev/tty', 'w'))
    try {
      return sizeOf(stream)
    } finally {
      stream.destroy()
    }
  } catch {
    return undefined
  }
}

/** A terminal that does not know its size reports 0. */
function sizeOf(stream: WriteStream): Size | undefined {
  const [columns, rows] = stream.getWindowSize()
  return columns > 0 && rows > 0 ? {columns, rows} : undefined
}
