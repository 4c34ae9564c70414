import type {Cell, Line, Screen} from './screen.ts'

/** Characters side by side that appear at once and look alike, until something else takes their place. */
export interface Piece {
  readonly row: number
  readonly column: number
  readonly cells: Line
  readonly from: number
  /** Absent if the piece stays to the end. */
  until?: number | undefined
}

interface Timed {
  readonly screen: Screen
  readonly from: number
}

/** All pieces, each drawn once, in the order of their appearance. */
export function piecesOf(moments: readonly Timed[]): readonly Piece[] {
  const pieces: Piece[] = []
  let standing: readonly Piece[] = []
  for (const {screen, from} of moments) {
    for (const piece of standing) if (!stands(piece, screen)) piece.until = from
    const staying = standing.filter(piece => piece.until === undefined)
    const coming = screen.lines.flatMap((line, row) => {
      const drawn = staying.filter(piece => piece.row === row).flatMap(columnsOf)
      return runsOf(line, new Set(drawn)).map(run => ({...run, row, from}))
    })
    pieces.push(...coming)
    standing = [...staying, ...coming]
  }
  return pieces
}

/** Runs of cells that look alike and are not drawn yet; blanks only between other characters. */
function runsOf(line: Line, drawn: ReadonlySet<number>): {column: number; cells: Line}[] {
  const runs: {column: number; cells: Cell[]}[] = []
  let end = -1
  for (const [column, cell] of line.entries()) {
    if (drawn.has(column)) continue
    const last = runs.at(-1)
    if (end === column && last?.cells[0]?.look === cell.look) last.cells.push(cell)
    else if (cell.character === ' ') continue
    else runs.push({column, cells: [cell]})
    end = column + 1
  }
  for (const {cells} of runs) while (cells.at(-1)?.character === ' ') cells.pop()
  return runs
}

function columnsOf({column, cells}: Piece): readonly number[] {
  return cells.map((_, at) => column + at)
}

function stands({row, column, cells}: Piece, {lines}: Screen): boolean {
  return cells.every(({character, look}, at) => {
    const now = lines[row]?.[column + at]
    return now?.character === character && now.look === look
  })
}
