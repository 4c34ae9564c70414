import xterm from '@xterm/headless'
import {type Replacements, readScreen, textOf} from '../../scripts/recording/screen.ts'

const never = /(?!)/

/** What a terminal of that width shows in the end. */
export async function screenAfter(output: string, columns: number, replacements: Replacements = [], leftOut = never) {
  const terminal = new xterm.Terminal({cols: columns, rows: 1000, allowProposedApi: true})
  await new Promise<void>(resolve => terminal.write(output, resolve))
  const {lines, cursor} = readScreen(terminal, replacements, leftOut)
  terminal.dispose()
  return {lines, cursor, texts: lines.map(textOf)}
}
