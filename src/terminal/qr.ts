import type {Line} from '../text/printable.ts'

/** The size of a terminal, and whether it may have colours. */
export interface Screen {
  readonly columns: number
  readonly rows: number
  /** Whether colours may be used (https://no-color.org). */
  readonly colours: boolean
}

// ISO/IEC 18004 wants a quiet zone of four modules; scanners of screens manage with two, which fit small terminals.
const border = 2
// A longer text needs more modules than a terminal has room for.
const longestText = 1000

/**
 * `text` as a QR code of half blocks, two modules per character; `undefined` if it doesn't fit the screen. White on
 * black by explicit colours, because a terminal's own may be reversed.
 */
export async function qrCode(text: string, {columns, rows, colours}: Screen): Promise<readonly Line[] | undefined> {
  if (text.length > longestText) return undefined
  const {encodeQR} = await import('qr')
  const modules = encodeQR(text, 'raw', {ecc: 'low', border})
  const size = modules.length
  if (size > columns || Math.ceil(size / 2) > rows) return undefined
  const lines: string[] = []
  for (let row = 0; row < size; row += 2) {
    const upper = modules[row] ?? []
    const lower = modules[row + 1] ?? []
    lines.push(upper.map((dark, column) => block(dark, lower[column] ?? false)).join(''))
  }
  return lines.map(text => (colours ? [{text, colour: 'white-on-black'}] : text))
}

/** Light modules are drawn, dark ones left blank. */
function block(upperDark: boolean, lowerDark: boolean): string {
  if (upperDark) return lowerDark ? ' ' : '▄'
  return lowerDark ? '▀' : '█'
}
