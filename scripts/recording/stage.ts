import xterm from '@xterm/headless'
import {startProgramOnTerminal, type TerminalStart} from '../../test/support/terminal-session.ts'
import {until} from '../../test/support/until.ts'
import type {Moment} from './moving-picture.ts'
import {type Replacements, readScreen, type Screen, textOf} from './screen.ts'

/** A terminal for recording. The script says how long a moment lasts, not a clock. */
export interface Stage {
  /** Sets the caption from now on. */
  caption(text: string): void
  /** Types the text key by key. */
  type(text: string): Promise<void>
  /** Pastes the text at once; `shown` is what appears, if that differs. */
  paste(text: string, shown?: string): Promise<void>
  /** Presses keys, waits until `text` appears among new lines, and shows the result for a while. */
  press(keys: string, text: string, milliseconds: number): Promise<void>
  /** The moments so far. */
  readonly moments: readonly Moment[]
  /** Ends the program. */
  close(): Promise<void>
}

const keyMilliseconds = 45
/** A program may write its output in pieces, with pauses no longer than this. */
const settledMilliseconds = 250

export const columns = 100
/** So many that the terminal never scrolls. */
const rows = 400

export function openStage(
  program: readonly string[],
  start: TerminalStart,
  replacements: Replacements,
  leftOut: RegExp,
): Stage {
  const session = startProgramOnTerminal(program, {...start, columns, rows})
  const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true})
  let hidden = false
  for (const final of ['h', 'l']) {
    terminal.parser.registerCsiHandler({prefix: '?', final}, ([mode]) => {
      if (mode === 25) hidden = final === 'l'
      return false
    })
  }
  let written = 0
  let caption = ''
  const moments: Moment[] = []

  /** Feeds all new output to the terminal, and reads the screen. */
  async function look(): Promise<Screen> {
    const text = session.shown().slice(written)
    written += text.length
    await new Promise<void>(resolve => terminal.write(text, resolve))
    const {lines, cursor} = readScreen(terminal, replacements, leftOut)
    return {lines, cursor: hidden ? undefined : cursor}
  }

  const asText = ({lines}: Screen) => lines.map(textOf).join('\n')

  async function show(
    what: string,
    stands: (screen: Screen) => boolean,
    milliseconds: number,
    settled = settledMilliseconds,
  ): Promise<void> {
    let [screen, since] = [await look(), Date.now()]
    try {
      await until(
        `"${what}" is seen`,
        async () => {
          const next = await look()
          if (asText(next) !== asText(screen)) since = Date.now()
          screen = next
          return stands(screen) && Date.now() - since >= settled
        },
        20_000,
      )
    } catch (error) {
      throw new Error(`instead of "${what}" this is seen:\n${asText(screen)}`, {cause: error})
    }
    moments.push({screen, caption, milliseconds})
  }

  /** The text before the cursor. */
  function typedLine({lines, cursor}: Screen): string {
    if (!cursor) return ''
    return textOf(lines[cursor.row] ?? [])
      .slice(0, cursor.column)
      .padEnd(cursor.column)
  }

  return {
    moments,
    caption(text) {
      caption = text
    },
    async type(text) {
      const before = typedLine(await look())
      for (let end = 1; end <= text.length; end++) {
        session.type(text.slice(end - 1, end))
        const whole = before + text.slice(0, end)
        await show(whole, screen => typedLine(screen) === whole, keyMilliseconds, 0)
      }
    },
    async paste(text, shown = text) {
      session.type(text)
      await show(shown, screen => typedLine(screen).endsWith(shown), 700)
    },
    async press(keys, text, milliseconds) {
      const before = moments.at(-1)?.screen.lines.map(textOf) ?? []
      session.type(keys)
      await show(text, ({lines}) => newIn(before, lines.map(textOf)).includes(text), milliseconds)
    },
    async close() {
      session.hangUp()
      await session.ended.catch(() => undefined)
      terminal.dispose()
    },
  }
}

/** The lines from the first changed one on, each after a line end. */
function newIn(before: readonly string[], now: readonly string[]): string {
  const first = now.findIndex((line, row) => line !== before[row])
  return first === -1 ? '' : `\n${now.slice(first).join('\n')}`
}
