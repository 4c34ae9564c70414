import type {Dice} from './dice.ts'

const esc = '\u001b'

/** Control sequences, invisible and direction-changing characters, and near misses. */
const nasty: readonly [string, ...string[]] = [
  '\u0000',
  ...Array.from({length: 0x20}, (_, code) => String.fromCharCode(code)),
  ...Array.from({length: 0x21}, (_, code) => String.fromCharCode(0x7f + code)),
  ...['\u2028', '\u2029', '\u0085', '\r\n', '\n\n', '\ufeff', '\u00ad', '\u034f', '\u115f', '\u3164', '\uffa0'],
  ...[
    '\u061c',
    '\u200b',
    '\u200d',
    '\u200e',
    '\u202a',
    '\u202e',
    '\u2066',
    '\u2069',
    '\ufe0f',
    '\u{e0041}',
    '\u{1d173}',
  ],
  ...['\ud83d', '\ude00', '\u{110bd}', '\u180e', '\ufff9'],
  ...[
    `${esc}[2J`,
    `${esc}]0;root\u0007`,
    `${esc}[31m`,
    `${esc}[0m`,
    `${esc}[1;31mred`,
    `${esc}[K`,
    `\r${esc}[K`,
    '\u009b2J',
  ],
  ...[`${esc}]8;;https://evil.example${esc}\\here${esc}]8;;${esc}\\`, `${esc}P+q544e${esc}\\`, '\b\b\b\b', `${esc}[5n`],
]
const plain = [
  'a',
  'Z9',
  ' ',
  '  ',
  '"',
  "'",
  '\\',
  '\\n',
  '\\u001b',
  '…',
  '日本',
  'é',
  '😀',
  '***',
  'Error: ',
  'Try: rm',
] as const

export function hostileText({between, one}: Dice, longest = 40): string {
  const pieces = Array.from({length: between(0, longest - 1)}, () => (between(0, 1) === 0 ? one(nasty) : one(plain)))
  return pieces.join('')
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/=&%' as const

export function randomSecret({between}: Dice): string {
  const length = 16 + between(0, between(0, 3) === 0 ? 1999 : 59)
  return Array.from({length}, () => letters.charAt(between(0, letters.length - 1))).join('')
}

/** A text with invisible characters scattered through it. */
export function strewn(text: string, {chance, one}: Dice): string {
  const between = ['\u200b', '\u202e', '\u00ad', '\u{e0041}', '\n', '\u001b', '\ufe0f'] as const
  return text
    .split('')
    .map(character => (chance(0.2) ? character + one(between) : character))
    .join('')
}
