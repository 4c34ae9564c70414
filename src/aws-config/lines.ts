import {AwsOidcError} from '../errors.ts'

/** A line of the file; text and end together are its bytes. */
export interface Line {
  readonly text: string
  readonly end: '' | '\n' | '\r\n'
}

/** The lines of a file; `joinLines` restores the same text. */
export function splitLines(path: string, text: string): readonly Line[] {
  const lines: Line[] = []
  for (const piece of text.split(/(?<=\n)/)) {
    const end = piece.endsWith('\r\n') ? '\r\n' : piece.endsWith('\n') ? '\n' : ''
    const content = piece.slice(0, piece.length - end.length)
    refuseStrays(content, `${path}:${lines.length + 1}`)
    if (piece !== '') lines.push({text: content, end})
  }
  return lines
}

export function joinLines(lines: readonly Line[]): string {
  return lines.map(({text, end}) => text + end).join('')
}

/** A lone carriage return ends a line for Python only; zero bytes indicate another encoding. */
function refuseStrays(content: string, place: string): void {
  if (!/[\r\0]/.test(content)) return
  const what = content.includes('\0')
    ? 'a zero byte, as in a file that is not UTF-8'
    : 'a carriage return in the middle'
  throw new AwsOidcError('CONFIG_INVALID', `${place}: the line holds ${what}.`, {
    hint: 'Save the file as plain UTF-8 text, with the line ends of one system.',
  })
}
