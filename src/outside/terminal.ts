import {isatty} from 'node:tty'
import {withoutControls} from '../errors.ts'
import {complain} from './output.ts'
import {noProgress, type Progress, progressOn} from './progress.ts'
import {writeToTerminal} from './tty.ts'

/** Where people are reached. stdout is not here: it belongs to the result alone. */
export interface Terminal extends Pick<Progress, 'waitingFor'> {
  readonly stdinIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  /** To stderr, for whoever started the command. Never throws. */
  say(text: string): void
  /** To the person: the terminal itself where there is one, because botocore and the JS SDK swallow stderr. */
  tell(text: string): void
  /** For questions: answers come from stdin, and stdout stays free for the result. */
  promptStreams(): {readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream}
}

// A caller that doesn't read our stderr (AWS SDK for Java) would leave us hanging once its pipe of 64 KiB is full.
const stderrLimit = 60_000

export function systemTerminal(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): Terminal {
  let written = 0
  // A terminal that could not be written to once, or takes nothing, is not waited for again.
  let reachable = true
  const stderrIsTerminal = isatty(2)
  const smart = platform === 'win32' || (env.TERM ?? 'dumb') !== 'dumb'
  const progress = stderrIsTerminal && smart && !env.CI && !env.NO_COLOR ? progressOnStderr() : noProgress

  function say(text: string): void {
    const line = `${withoutControls(text)}\n`
    const bytes = Buffer.byteLength(line)
    if (written + bytes > stderrLimit) return
    written += bytes
    progress.above(() => complain(line))
  }

  return {
    stdinIsTerminal: isatty(0),
    stderrIsTerminal,
    say,
    tell(text) {
      reachable &&= !stderrIsTerminal && writeToTerminal(`${withoutControls(text)}\n`, platform)
      if (!reachable) say(text)
    },
    promptStreams() {
      progress.waitingFor(undefined)
      return {input: process.stdin, output: process.stderr}
    },
    waitingFor: progress.waitingFor,
  }
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
  process.once('exit', () => progress.waitingFor(undefined))
  return progress
}
