import {fstatSync, writeSync} from 'node:fs'
import {isatty} from 'node:tty'
import {AwsOidcError} from '../../errors.ts'
import {type Printable, relaid} from '../../text/printable.ts'
import {proseWithin} from './prose.ts'
import {writeToStderrFromBackground, writeToTerminal} from './tty.ts'

/** What became of a result written to stdout. */
export type Delivery = 'written' | 'reader-gone'

// Once plugin code was loaded, writes to stdout through fs are diverted: diverted-stdout.ts.
const writeToDescriptor = writeSync

const waitForReader = new Int32Array(new SharedArrayBuffer(4))

/**
 * Writes the whole result to stdout before it returns, or throws OUTPUT_FAILED. A reader that has gone away (EPIPE) is
 * an answer, not an error: it needs no explanation on stderr. Node opens /dev/null in place of a closed stdout, which
 * then accepts everything: docs/decisions/0005-closed-stdout.md.
 */
export function writeResult(text: string): Delivery {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; ) {
    try {
      from += writeToDescriptor(1, bytes, from)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === 'EPIPE') return 'reader-gone'
      // The pipe is full and non-blocking (the parent made it so): wait for its reader.
      if (code === 'EAGAIN') Atomics.wait(waitForReader, 0, 0, 5)
      else throw outputFailed(typeof code === 'string' ? code : 'unknown reason', error)
    }
  }
  return 'written'
}

/** Wraps text for the terminal that stdout or stderr is, if it is one. */
export function prose(text: Printable, descriptor: 1 | 2): Printable {
  return relaid(text, whole => proseWithin(whole, columnsOf(descriptor)))
}

/**
 * The width of the terminal that stdout or stderr is; `undefined` where it is none. Pipes are not touched: once their
 * stream is used, Node makes them non-blocking for everyone who shares them, and writes to a full one are lost.
 */
export function columnsOf(descriptor: 1 | 2): number | undefined {
  if (!isatty(descriptor)) return undefined
  return descriptor === 1 ? process.stdout.columns : process.stderr.columns
}

/** Writes to stderr. A failure (stderr closed, its reader gone, a full disk) must not cost the result. */
export function complain(text: Printable): void {
  if (isatty(2) && writeToStderrFromBackground(text, process.platform)) return
  try {
    writeSync(2, text)
  } catch {}
}

/**
 * Writes to stderr, and to the terminal as well if the program that started us probably keeps stderr to itself: stderr
 * is a pipe, and stdin is not the terminal.
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
