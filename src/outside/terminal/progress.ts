import {clearedLine, onScreen, type Printable} from '../../text/printable.ts'

/** One line on the terminal that says what is being waited for. It comes after a second and leaves nothing behind. */
export interface Progress {
  /** What is waited for from now on; `undefined` when nothing is any more. */
  waitingFor(what: string | undefined): void
  /** Writes something else, with the line out of the way. */
  above(write: () => void): void
}

export interface ProgressParts {
  readonly write: (text: Printable) => void
  readonly columns: () => number
  /** Does the work later, unless the returned function is called first. */
  readonly after: (milliseconds: number, work: () => void) => () => void
}

const noticeableMilliseconds = 1_000

/**
 * It does not move: each write from a job in the background would have to be asked of the system first, and a line
 * that is written once a stage can't get into the way of anything else on the terminal.
 */
export function progressOn({write, columns, after}: ProgressParts): Progress {
  let waiting: string | undefined
  let shown = false
  let cancel: (() => void) | undefined

  function show(): void {
    // A line that wraps could not be taken away again.
    if (shown) write(clearedLine)
    // Made safe before it is cut: a part of a secret would be shown.
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

/** Where nobody would see it, or where it would spoil what is seen. */
export const noProgress: Progress = {
  waitingFor: () => undefined,
  above: write => write(),
}
