import CliTable from 'cli-table3'
import {printable} from '../errors.ts'

type Rows = readonly (readonly string[])[]

const gap = 2
const narrowest = 20
const longestCell = 1_000

/**
 * Rows of cells as lines with aligned columns. The last column gets the rest of `width` and wraps, between words if
 * possible. If the rest is too narrow, each row becomes its first cell followed by one line per cell.
 */
export function tableLines(rows: Rows, width: number): readonly string[] {
  const filled = rows.map(row => row.map(cell => printable(cell, longestCell) || '-'))
  const columns = filled[0]?.length ?? 0
  const others = Array.from(
    {length: columns - 1},
    (_, at) => gap + Math.max(...filled.map(row => row[at]?.length ?? 0)),
  )
  const rest = width - others.reduce((sum, size) => sum + size, 0)
  // A list of names and values has two columns and no heads.
  if (columns > 2 && rest < narrowest) return stackedLines(filled, width)
  return alignedLines(filled, [...others, Math.max(rest, narrowest)])
}

function stackedLines([heads = [], ...rows]: Rows, width: number): readonly string[] {
  const names = heads.slice(1).map(head => `  ${head}`)
  const first = gap + Math.max(...names.map(name => name.length))
  return rows.flatMap(([title = '', ...cells]) => [
    ...wordsWithin(title, width),
    ...alignedLines(
      cells.map((cell, at) => [names[at] ?? '', cell]),
      [first, Math.max(width - first, narrowest)],
    ),
  ])
}

function alignedLines(rows: Rows, widths: readonly number[]): readonly string[] {
  // Most tables contain only characters of one column; measuring others takes time.
  const lines = rows.flat().every(cell => /^[ -~]*$/.test(cell)) ? plainLines(rows, widths) : linesOf(rows, widths)
  return lines.map(line => line.trimEnd())
}

/** For ASCII only. */
export function plainLines(rows: Rows, widths: readonly number[]): readonly string[] {
  return rows.flatMap(row => {
    const cells = piecesOf(row, widths)
    const height = Math.max(...cells.map(pieces => pieces.length))
    return Array.from({length: height}, (_, line) =>
      cells.map((pieces, at) => (pieces[line] ?? '').padEnd(widths[at] ?? 0)).join(''),
    )
  })
}

/** The last cell wraps to its width; the columns before it are as wide as their cells. */
function piecesOf(row: readonly string[], widths: readonly number[]): readonly (readonly string[])[] {
  const last = row.length - 1
  return row.map((cell, at) => (at < last ? [cell] : wordsWithin(cell, (widths[at] ?? 0) - gap)))
}

/** Breaks after spaces and the separators of names, addresses and ARNs; longer words anywhere. */
function wordsWithin(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/(?<=[\s:/,@-])(?=[^\s:/,@-])/)) {
    if (widthOf(line + word.trimEnd()) > width && line !== '') {
      lines.push(line.trimEnd())
      line = ''
    }
    line += word
    while (widthOf(line.trimEnd()) > width) {
      const fits = longestWithin(line, width)
      lines.push(fits)
      line = line.slice(fits.length)
    }
  }
  return [...lines, line]
}

function longestWithin(text: string, width: number): string {
  let fits = ''
  for (const character of text) {
    if (fits !== '' && widthOf(fits + character) > width) break
    fits += character
  }
  return fits
}

/** An upper limit: beyond the scripts of Europe and the Near East a character may take two columns. */
function widthOf(text: string): number {
  return text.length + (text.match(/[\u1100-\uffff]/g)?.length ?? 0)
}

/** For any text. */
export function linesOf(rows: Rows, widths: readonly number[]): readonly string[] {
  const table = new CliTable({
    chars: borderless,
    style: {head: [], border: [], 'padding-left': 0, 'padding-right': gap},
    colWidths: [...widths],
  })
  for (const row of rows) table.push(piecesOf(row, widths).map(pieces => pieces.join('\n')))
  return table.toString().split('\n')
}

const borderless = Object.fromEntries(
  ['top', 'bottom', 'left', 'mid', 'right', 'middle'].flatMap(side =>
    side === 'middle' ? [[side, '']] : [side, `${side}-mid`, `${side}-left`, `${side}-right`].map(name => [name, '']),
  ),
)
