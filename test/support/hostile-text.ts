import {type Dice, diceFrom} from './aws-config-dice.ts'

const esc = '\u001b'

/** What terminals obey, what hides or turns round, and what is nearly that. */
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

export interface Round {
  readonly dice: Dice
  readonly seed: number
}

/** `FUZZ_ROUNDS` rounds from `FUZZ_SEED` on; without them, a few that are always the same. */
export function* fuzzRounds(usual: number): Generator<Round> {
  const first = Number(process.env.FUZZ_SEED ?? 20_261_130)
  const rounds = Number(process.env.FUZZ_ROUNDS ?? usual)
  for (let seed = first; seed < first + rounds; seed++) yield {seed, dice: diceFrom(seed)}
}

/** Plays the rounds one by one; what fails says how it is repeated. */
export async function fuzz(usual: number, play: (round: Round) => void | Promise<void>): Promise<void> {
  for (const round of fuzzRounds(usual)) {
    try {
      await play(round)
    } catch (error) {
      if (error instanceof Error) error.message = `FUZZ_SEED=${round.seed} FUZZ_ROUNDS=1: ${error.message}`
      throw error
    }
  }
}

export function hostileText({roll, pick}: Dice, longest = 40): string {
  const pieces = Array.from({length: roll(longest)}, () => (roll(2) === 0 ? pick(nasty) : pick(plain)))
  return pieces.join('')
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/=&%' as const

export function randomSecret({roll}: Dice): string {
  const length = 16 + roll(roll(4) === 0 ? 2000 : 60)
  return Array.from({length}, () => letters.charAt(roll(letters.length))).join('')
}

/** A text with what no terminal shows strewn into it. */
export function strewn(text: string, {roll, pick}: Dice): string {
  const between = ['\u200b', '\u202e', '\u00ad', '\u{e0041}', '\n', '\u001b', '\ufe0f'] as const
  return text
    .split('')
    .map(character => (roll(5) === 0 ? character + pick(between) : character))
    .join('')
}
