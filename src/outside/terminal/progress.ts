import {clearedLine, onScreen, type Printable} from '../../text/printable.ts'

/** One line on the terminal that says what we are waiting for. It appears after a second and leaves nothing behind. */
export interface Progress {
  /** Sets what we are waiting for; `undefined` for nothing. */
  waitingFor(what: string | undefined): void
  /** Shows something else on that line, at once, until the returned function is called. */
  notice(text: string): () => void
  /** Takes away the line with all notices, for a question or the end. */
  clear(): void
  /** Writes something else, with the line out of the way. */
  above(write: () => void): void
}

export interface ProgressDependencies {
  readonly write: (text: Printable) => void
  readonly columns: () => number
  /** Schedules the work, unless the returned function is called first. */
  readonly after: (milliseconds: number, work: () => void) => () => void
}

const noticeableMilliseconds = 1_000

/**
 * The line is not animated: writing from a background job costs a check each time, and a line that is written once per
 * stage can't get in the way of anything else on the terminal.
 */
export function progressOn({write, columns, after}: ProgressDependencies): Progress {
  let waiting: string | undefined
  let due = false
  let cancel: (() => void) | undefined
  let notices: readonly {readonly text: string}[] = []
  let drawn: string | undefined

  function draw(line: string | undefined): void {
    if (line === drawn) return
    // A line that wraps could not be cleared again.
    if (drawn !== undefined) write(clearedLine)
    // Mask secrets before cutting: a cut secret would not be recognized.
    if (line !== undefined) write(onScreen(onScreen(line).slice(0, columns() - 1)))
    drawn = line
  }

  function show(): void {
    draw(notices.at(-1)?.text ?? (due ? waiting : undefined))
  }

  function waitFor(what: string | undefined): void {
    waiting = what
    if (what === undefined) {
      cancel?.()
      cancel = undefined
      due = false
    } else if (!due) {
      cancel ??= after(noticeableMilliseconds, () => {
        due = true
        show()
      })
    }
    show()
  }

  return {
    waitingFor: waitFor,
    notice(text) {
      const own = {text}
      notices = [...notices, own]
      show()
      return () => {
        notices = notices.filter(other => other !== own)
        show()
      }
    },
    clear() {
      notices = []
      waitFor(undefined)
    },
    above(writeOther) {
      draw(undefined)
      writeOther()
      show()
    },
  }
}

/** For terminals that can't show the line, or where it would spoil the output. */
export const noProgress: Progress = {
  waitingFor: () => undefined,
  notice: () => () => undefined,
  clear: () => undefined,
  above: write => write(),
}
