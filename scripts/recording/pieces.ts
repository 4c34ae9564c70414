import type {Cell, Line, Screen} from './screen.ts'

/** Characters side by side that appear at once and look alike, until something else takes their place. */
export interface Piece {
  readonly row: number
  readonly column: number
  readonly cells: Line
  readonly from: number
  /** Absent if the piece stays to the end. */
  until?: number
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
    const stays = (piece: Piece) => piece.cells.every((cell, at) => alike(cell, cellAt(screen, piece, at)))
    for (const piece of standing) if (!stays(piece)) piece.until = from
    const staying = standing.filter(piece => piece.until === undefined)
    const coming = screen.lines.flatMap((line, row) => {
      const drawn = staying.filter(piece => piece.row === row)
      return runsOf(line, column => drawn.some(piece => covers(piece, column))).map(run => ({...run, row, from}))
    })
    pieces.push(...coming)
    standing = [...staying, ...coming]
  }
  return pieces
}

/** Runs of cells that look alike and are not drawn yet; blanks only between other characters. */
function runsOf(line: Line, drawn: (column: number) => boolean): {column: number; cells: Line}[] {
  const runs: {column: number; cells: Cell[]}[] = []
  let end = -1
  for (const [column, cell] of line.entries()) {
    if (drawn(column)) continue
    const last = runs.at(-1)
    if (last && end === column && alike({...cell, character: ''}, {...last.cells[0], character: ''})) {
      last.cells.push(cell)
    } else if (cell.character === ' ') continue
    else runs.push({column, cells: [cell]})
    end = column + 1
  }
  for (const {cells} of runs) while (cells.at(-1)?.character === ' ') cells.pop()
  return runs
}

function covers({column, cells}: Piece, at: number): boolean {
  return column <= at && at < column + cells.length
}

function cellAt({lines}: Screen, {row, column}: Piece, at: number): Cell | undefined {
  return lines[row]?.[column + at]
}

function alike(one: Partial<Cell>, other: Partial<Cell> | undefined): boolean {
  if (other === undefined || one.character !== other.character) return false
  const [a = {}, b = {}] = [one.look, other.look]
  return a.color === b.color && a.bold === b.bold && a.dim === b.dim && a.underlined === b.underlined
}
