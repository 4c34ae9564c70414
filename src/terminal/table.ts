import CliTable from 'cli-table3'

const gap = 2
const narrowest = 20

/** Rows of cells as lines with aligned columns. The last column takes what `width` leaves and goes on in the next line. */
export function tableLines(rows: readonly (readonly string[])[], width: number): readonly string[] {
  const columns = rows[0]?.length ?? 0
  const others = Array.from({length: columns - 1}, (_, at) => gap + Math.max(...rows.map(row => row[at]?.length ?? 0)))
  const rest = width - others.reduce((sum, size) => sum + size, 0)
  const table = new CliTable({
    chars: borderless,
    style: {head: [], border: [], 'padding-left': 0, 'padding-right': gap},
    colWidths: [...others, Math.max(rest, narrowest)],
    wordWrap: true,
    wrapOnWordBoundary: false,
  })
  for (const row of rows) table.push(row.map(cell => cell || '-'))
  return table
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
}

const borderless = Object.fromEntries(
  ['top', 'bottom', 'left', 'mid', 'right', 'middle'].flatMap(side =>
    side === 'middle' ? [[side, '']] : [side, `${side}-mid`, `${side}-left`, `${side}-right`].map(name => [name, '']),
  ),
)
