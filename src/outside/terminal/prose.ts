/**
 * Wraps the sentences of a text at so many columns, between words. What users copy stays whole, as do commands,
 * addresses and everything that is laid out by spaces.
 */
export function proseWithin(text: string, columns: number | undefined): string {
  if (columns === undefined || columns < narrowest) return text
  return text
    .split('\n')
    .map(line => (isLaidOut.test(line) ? line : brokenLine(line, columns)))
    .join('\n')
}

// A smaller width means that the terminal does not know its size.
const narrowest = 20
const colour = String.raw`${'\u001b'}\[[\d;]*m`
const isLaidOut = new RegExp(String.raw`^(?:${colour})?(Try: |[\s+-])|\s{2}|[\u2580-\u259f]`)

function brokenLine(line: string, columns: number): string {
  let broken = ''
  let length = 0
  for (const word of line.split(' ')) {
    const fits = length + 1 + word.length <= columns
    broken += length === 0 ? word : fits ? ` ${word}` : `\n${word}`
    length = length > 0 && fits ? length + 1 + word.length : word.length
  }
  return broken
}
