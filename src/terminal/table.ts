import CliTable from 'cli-table3'
import {printable} from '../errors.ts'

type Rows = readonly (readonly string[])[]

const gap = 2
const narrowest = 20
const longestCell = 1_000

/** Rows of cells as lines with aligned columns. The last column takes what `width` leaves and goes on in the next line. */
export function tableLines(cells: Rows, width: number): readonly string[] {
  const rows = cells.map(row => row.map(cell => printable(cell, longestCell) || '-'))
  const columns = rows[0]?.length ?? 0
  const others = Array.from({length: columns - 1}, (_, at) => gap + Math.max(...rows.map(row => row[at]?.length ?? 0)))
  const rest = width - others.reduce((sum, size) => sum + size, 0)
  const widths = [...others, Math.max(rest, narrowest)]
  // Most tables are of characters that are one column wide; to know of the others takes time.
  const lines = rows.flat().every(cell => /^[ -~]*$/.test(cell)) ? plainLines(rows, widths) : linesOf(rows, widths)
  return lines.map(line => line.trimEnd())
}

/** Only for ASCII. */
export function plainLines(rows: Rows, widths: readonly number[]): readonly string[] {
  return rows.flatMap(row => {
    const cells = row.map((cell, at) => piecesOf(cell, (widths[at] ?? 0) - gap))
    const height = Math.max(...cells.map(pieces => pieces.length))
    return Array.from({length: height}, (_, line) =>
      cells.map((pieces, at) => (pieces[line] ?? '').padEnd(widths[at] ?? 0)).join(''),
    )
  })
}

function piecesOf(text: string, length: number): readonly string[] {
  return Array.from({length: Math.ceil(text.length / length)}, (_, at) => text.slice(at * length, (at + 1) * length))
}

/** For any text. */
export function linesOf(rows: Rows, widths: readonly number[]): readonly string[] {
  const table = new CliTable({
    chars: borderless,
    style: {head: [], border: [], 'padding-left': 0, 'padding-right': gap},
    colWidths: [...widths],
    wordWrap: true,
    wrapOnWordBoundary: false,
  })
  for (const row of rows) table.push([...row])
  return table.toString().split('\n')
}

const borderless = Object.fromEntries(
  ['top', 'bottom', 'left', 'mid', 'right', 'middle'].flatMap(side =>
    side === 'middle' ? [[side, '']] : [side, `${side}-mid`, `${side}-left`, `${side}-right`].map(name => [name, '']),
  ),
)
