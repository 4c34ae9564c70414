/** One line on the terminal that says what is being waited for. It comes after a second and leaves nothing behind. */
export interface Progress {
  /** What is waited for from now on; `undefined` when nothing is any more. */
  waitingFor(what: string | undefined): void
  /** Writes something else, with the line out of the way. */
  above(write: () => void): void
}

export interface ProgressParts {
  /** Whether anybody can see such a line. */
  readonly wanted: boolean
  readonly write: (text: string) => void
}

const noticeableMilliseconds = 1_000
const clearLine = '\r\u001b[K'

/**
 * It does not move: each write from a job in the background would have to be asked of the system first, and a line
 * that is written once a stage can't get into the way of anything else on the terminal.
 */
export function progressOn({wanted, write}: ProgressParts): Progress {
  let waiting: string | undefined
  let shown = false
  let timer: NodeJS.Timeout | undefined
  if (wanted) process.once('exit', hide)

  function show(): void {
    if (waiting === undefined) return
    // A line that wraps could not be taken away again.
    write(`${shown ? clearLine : ''}${waiting.slice(0, (process.stderr.columns || 80) - 1)}`)
    shown = true
  }

  function hide(): void {
    if (shown) write(clearLine)
    shown = false
  }

  function waitingFor(what: string | undefined): void {
    if (!wanted || what === waiting) return
    waiting = what
    if (what === undefined) {
      clearTimeout(timer)
      timer = undefined
      hide()
    } else if (shown) show()
    else if (!timer) {
      timer = setTimeout(show, noticeableMilliseconds)
      timer.unref()
    }
  }

  return {
    waitingFor,
    above(write) {
      const wasShown = shown
      hide()
      write()
      if (wasShown) show()
    },
  }
}
