import {clearedLine, onScreen, type Printable} from '../../text/printable.ts'

/** One line on the terminal that says what we are waiting for. It appears after a second and leaves nothing behind. */
export interface Progress {
  /** Sets what we are waiting for; `undefined` for nothing. */
  waitingFor(what: string | undefined): void
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
  let shown = false
  let cancel: (() => void) | undefined

  function show(): void {
    // A line that wraps could not be cleared again.
    if (shown) write(clearedLine)
    // Mask secrets before cutting: a cut secret would not be recognized.
    write(onScreen(onScreen(waiting ?? '').slice(0, columns() - 1)))
    shown = true
  }

  function hide(): void {
    if (shown) write(clearedLine)
    shown = false
  }

  return {
    waitingFor(what) {
      if (what === waiting) return
      waiting = what
      if (what === undefined) {
        cancel?.()
        cancel = undefined
        hide()
      } else if (shown) show()
      else cancel ??= after(noticeableMilliseconds, show)
    },
    above(writeOther) {
      const wasShown = shown
      hide()
      writeOther()
      if (wasShown) show()
    },
  }
}

/** For terminals that can't show the line, or where it would spoil the output. */
export const noProgress: Progress = {
  waitingFor: () => undefined,
  above: write => write(),
}
