const esc = '\u001b'
const pieces = new RegExp(String.raw`${esc}\[([\d;?]*)([A-Za-z])|(\r)|(\n)|([^${esc}\r\n]+)`, 'g')

/** The final lines on a terminal, as far as prompts move its cursor; long lines are not wrapped. */
export function screenOf(output: string): readonly string[] {
  const lines: string[] = ['']
  let [row, column] = [0, 0]
  const line = () => lines[row] ?? ''
  for (const [, numbers = '', command, atStart, next, text] of output.matchAll(pieces)) {
    const count = Number(numbers) || 1
    if (text !== undefined) {
      lines[row] = line().slice(0, column).padEnd(column) + text + line().slice(column + text.length)
      column += text.length
    } else if (next !== undefined) {
      row++
      lines[row] ??= ''
    } else if (atStart !== undefined) column = 0
    else if (command === 'A') row = Math.max(0, row - count)
    else if (command === 'B') row += count
    else if (command === 'C') column += count
    else if (command === 'D') column = Math.max(0, column - count)
    else if (command === 'G') column = count - 1
    else if (command === 'K') lines[row] = numbers === '2' ? '' : line().slice(0, column)
    else if (command === 'J') lines.splice(row, lines.length, line().slice(0, column))
  }
  return lines.map(text => text.trimEnd())
}
