import {closeSync, openSync, writeSync} from 'node:fs'
import {isatty} from 'node:tty'
import {complain} from './output.ts'

/** Where people are reached. stdout is not here: it belongs to the result alone. */
export interface Terminal {
  readonly stdinIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  /** To stderr, for whoever started the command. Never throws. */
  say(text: string): void
  /** To the person: the terminal itself where there is one, because botocore and the JS SDK swallow stderr. */
  tell(text: string): void
  /** For questions: answers come from stdin, and stdout stays free for the result. */
  promptStreams(): {readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream}
}

// A caller that doesn't read our stderr (AWS SDK for Java) would leave us hanging once its pipe of 64 KiB is full. What
// is left of that is for the failure that ends the command.
const stderrLimit = 48_000

export function systemTerminal(platform: NodeJS.Platform): Terminal {
  let written = 0
  const stderrIsTerminal = isatty(2)

  function say(text: string): void {
    const line = `${text}\n`
    const bytes = Buffer.byteLength(line)
    if (written + bytes > stderrLimit) return
    written += bytes
    complain(line)
  }

  return {
    stdinIsTerminal: isatty(0),
    stderrIsTerminal,
    say,
    tell(text) {
      if (stderrIsTerminal || !writeToTerminal(`${text}\n`, platform)) say(text)
    },
    promptStreams: () => ({input: process.stdin, output: process.stderr}),
  }
}

function writeToTerminal(text: string, platform: NodeJS.Platform): boolean {
  try {
    const terminal = openSync(platform === 'win32' ? '\\\\.\\CONOUT$' : '/dev/tty', platform === 'win32' ? 'r+' : 'w')
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
