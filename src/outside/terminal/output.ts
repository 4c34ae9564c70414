import {fstatSync, writeSync} from 'node:fs'
import {isatty} from 'node:tty'
import {AwsOidcError} from '../../errors.ts'
import {type Printable, relaid} from '../../text/printable.ts'
import {proseWithin} from './prose.ts'
import {writeToStderrFromBackground, writeToTerminal} from './tty.ts'

/** What became of a result written to stdout. */
export type Delivery = 'written' | 'reader-gone'

// While code of plugins runs, writing to stdout by fs goes elsewhere: plugin-guard.ts.
const writeToDescriptor = writeSync

const waitForReader = new Int32Array(new SharedArrayBuffer(4))

/**
 * Writes the whole result to stdout before it returns, or rejects with OUTPUT_FAILED.
 * A reader that has gone away (EPIPE) is an answer, not an error: it needs no explanation on stderr. Node opens /dev/null in
 * place of a stdout that was closed, so that one takes everything: docs/decisions/0005-closed-stdout.md.
 */
export function writeResult(text: string): Delivery {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; ) {
    try {
      from += writeToDescriptor(1, bytes, from)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === 'EPIPE') return 'reader-gone'
      // The pipe is full and not blocking (the parent made it so): wait for its reader.
      if (code === 'EAGAIN') Atomics.wait(waitForReader, 0, 0, 5)
      else throw outputFailed(typeof code === 'string' ? code : 'unknown reason', error)
    }
  }
  return 'written'
}

/** As lines of the terminal that stdout or stderr is, if it is one. */
export function prose(text: Printable, descriptor: 1 | 2): Printable {
  return relaid(text, whole => proseWithin(whole, columnsOf(descriptor)))
}

/**
 * How wide the terminal is that stdout or stderr is; `undefined` where it is none. Node makes a pipe non-blocking, for all
 * who share it, once somebody asks for its stream: what is said while it is full would be lost.
 */
export function columnsOf(descriptor: 1 | 2): number | undefined {
  if (!isatty(descriptor)) return undefined
  return descriptor === 1 ? process.stdout.columns : process.stderr.columns
}

/** To stderr. What can't be said (stderr closed, its reader gone, a full disk) must not take the result with it. */
export function complain(text: Printable): void {
  if (isatty(2) && writeToStderrFromBackground(text, process.platform)) return
  try {
    writeSync(2, text)
  } catch {}
}

/**
 * To stderr, and to the terminal as well where whoever started us is likely to keep stderr to itself: it reads it
 * through a pipe, and has not left us the person's terminal as stdin.
 */
export function complainAloud(text: Printable): void {
  complain(text)
  if (!isatty(0) && isPiped(2)) writeToTerminal(text, process.platform)
}

function isPiped(descriptor: number): boolean {
  try {
    const status = fstatSync(descriptor)
    return status.isFIFO() || status.isSocket()
  } catch {
    return false
  }
}

function outputFailed(why: string, cause?: unknown): AwsOidcError {
  return new AwsOidcError('OUTPUT_FAILED', `The result could not be written: ${why}.`, {cause})
}
