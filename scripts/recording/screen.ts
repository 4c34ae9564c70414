import type {IBufferCell, IBufferLine, Terminal} from '@xterm/headless'

export interface Cell {
  readonly character: string
  /** Classes of `colors.ts`, such as `c2 b`: bold, in the terminal's third colour. */
  readonly look: string
}

export type Line = readonly Cell[]

/** The content of a terminal, with wrapped lines rejoined. */
export interface Screen {
  readonly lines: readonly Line[]
  /** The cursor's position; absent while a program hides it. */
  readonly cursor?: {readonly row: number; readonly column: number} | undefined
}

/** Pairs of a pattern and its replacement within a line. */
export type Replacements = readonly (readonly [sought: RegExp, instead: string])[]

/** Reads a screen that has not scrolled. Lines whose text matches `leftOut` are omitted. */
export function readScreen({buffer, cols}: Terminal, replacements: Replacements, leftOut: RegExp): Screen {
  const {cursorX, cursorY} = buffer.active
  const lines: Line[] = []
  let cursor: Screen['cursor']
  for (let row = 0; row < buffer.active.length; ) {
    const first = row
    const cells: Cell[] = []
    do {
      cells.push(...cellsOf(buffer.active.getLine(row), cols))
      row++
    } while (buffer.active.getLine(row)?.isWrapped)
    const hasCursor = first <= cursorY && cursorY < row
    const at = hasCursor ? (cursorY - first) * cols + cursorX : cells.length
    if (!hasCursor && leftOut.test(textOf(trimmed(cells)))) continue
    // Separately, so that the cursor stays between the same characters.
    const before = replaced(cells.slice(0, at), replacements)
    if (hasCursor) cursor = {row: lines.length, column: before.length}
    lines.push(trimmed([...before, ...replaced(cells.slice(at), replacements)]))
  }
  while (lines.length > 0 && lines.at(-1)?.length === 0) lines.pop()
  return {lines, cursor}
}

export function textOf(line: Line): string {
  return line.map(({character}) => character).join('')
}

function cellsOf(line: IBufferLine | undefined, columns: number): Cell[] {
  return Array.from({length: columns}, (_, column) => {
    const cell = line?.getCell(column)
    return {character: cell?.getChars() || ' ', look: cell ? lookOf(cell) : ''}
  })
}

function lookOf(cell: IBufferCell): string {
  // The eight bright colours follow the others.
  const color = cell.isFgPalette() && `c${cell.getFgColor() % 8}`
  return [color, cell.isBold() && 'b', cell.isDim() && 'd', cell.isUnderline() && 'u'].filter(Boolean).join(' ')
}

/** A replacement looks like the first character of the text that it replaces. */
function replaced(line: Line, replacements: Replacements): Line {
  return replacements.reduce((cells, [sought, instead]) => {
    const next: Cell[] = []
    let end = 0
    for (const match of textOf(cells).matchAll(sought)) {
      const look = cells[match.index]?.look ?? ''
      const text = match[0].replace(RegExp(sought.source), instead)
      next.push(...cells.slice(end, match.index), ...[...text].map(character => ({character, look})))
      end = match.index + match[0].length
    }
    return [...next, ...cells.slice(end)]
  }, line)
}

function trimmed(line: Line): Line {
  return line.slice(0, line.findLastIndex(({character}) => character !== ' ') + 1)
}
