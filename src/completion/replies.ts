import {printable} from '../errors.ts'
import {cutLine, type Quote} from './bash-line.ts'
import type {Candidate} from './position.ts'
import {type CompletedShell, completedShells} from './shells.ts'

/** The typed line, as a shell reports it. */
export interface Question {
  /** The words before the one under the cursor, without the program's name. */
  readonly before: readonly string[]
  readonly current: string
  readonly reply: (answer: Answer) => string
}

export type Answer =
  | {readonly kind: 'words'; readonly prefix: string; readonly candidates: readonly Candidate[]}
  /** Left to the shell: files, in place of what follows the prefix. */
  | {readonly kind: 'files'; readonly prefix: string}
  /** Left to the shell: the word with this number, counted from 0, is a program, and the rest is for that program. */
  | {readonly kind: 'program'; readonly from: number}

const questions: Readonly<Record<CompletedShell, (args: readonly string[]) => Question>> = {
  bash: fromBash,
  zsh: fromWords(linesWithDescription),
  fish: fromWords(linesWithDescription),
  powershell: fromPowershell,
}

/** Reads the question of a shell's script (bin/complete.*). */
export function readQuestion([shell, ...args]: readonly string[]): Question | undefined {
  const known = completedShells.find(name => name === shell)
  return known && questions[known](args)
}

/** Arguments: the line up to the cursor, and the end of it that bash would replace. */
function fromBash([line = '', replaced = '']: readonly string[]): Question {
  const {before, current, quote} = cutLine(line)
  const start = line.slice(0, line.length - replaced.length)
  const kept = line.endsWith(replaced) ? cutLine(`${start}x`).current.slice(0, -1) : ''
  const reply = (answer: Answer) => {
    if (answer.kind === 'files') return lines(['files', current.slice(answer.prefix.length)])
    // After the program's name bash offers files, as it does for unknown commands.
    if (answer.kind === 'program') return lines([answer.from === before.length ? 'programs' : 'files', current])
    const fitting = complete(answer).filter(({whole}) => whole.startsWith(current))
    return lines(['words', ''], ...fitting.flatMap(({whole}) => quotedForBash(whole.slice(kept.length), quote)))
  }
  return {before: before.slice(1), current, reply}
}

/** A text as it must be typed at this place in bash; empty if that is impossible. */
function quotedForBash(text: string, quote: Quote | undefined): readonly string[] {
  // bash expands history even in double quotes, and keeps the backslash that prevents it.
  if (text === '' || quote === "$'" || (quote === '"' && text.includes('!'))) return []
  // bash closes the quotes itself, unless the word already ends in that quote.
  if (quote === "'") return [text.replaceAll("'", String.raw`'\''`).replace(/''$/, "'")]
  if (quote === '"') return [text.replace(/["\\$`]/g, String.raw`\$&`).replace(/"$/, '""')]
  return [text.replace(/[^\w\u0080-\uffff./:=@%+,-]/g, String.raw`\$&`)]
}

/** Arguments: the words, the current one last. These shells filter and quote the candidates themselves. */
function fromWords(written: (answer: Answer) => string) {
  return (words: readonly string[]): Question => ({
    before: words.slice(1, -1),
    current: words.at(-1) ?? '',
    reply: written,
  })
}

function linesWithDescription(answer: Answer): string {
  if (answer.kind === 'files') return lines(['files', answer.prefix])
  if (answer.kind === 'program') return lines(['program', String(answer.from)])
  return lines(['words', ''], ...complete(answer).map(({whole, description}) => [whole, description].join('\t')))
}

/** The same words, one per line, in base64: PowerShell loses quotes and empty arguments when it starts a program. */
function fromPowershell([encoded = '']: readonly string[]): Question {
  const words = Buffer.from(encoded, 'base64').toString().split('\n')
  const current = words.at(-1) ?? ''
  const reply = (answer: Answer) => {
    if (answer.kind !== 'words') return ascii({kind: answer.kind})
    const fitting = complete(answer).filter(({whole}) => whole.toLowerCase().startsWith(current.toLowerCase()))
    return ascii({
      kind: 'words',
      words: fitting.map(({whole, value, description}) => ({
        text: quotedForPowershell(whole),
        list: value,
        tip: description || value,
      })),
    })
  }
  return {before: words.slice(1, -1), current, reply}
}

/** PowerShell takes U+2018 to U+201B for single quotes too. */
function quotedForPowershell(text: string): string {
  return /^[\w./:=+-]+$/.test(text) ? text : `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`
}

/** ASCII only, because PowerShell decodes output in the console's code page. */
function ascii(answer: object): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return `${JSON.stringify(answer).replace(/[^\x20-\x7e]/g, escaped)}\n`
}

/** Whole words, only those that can be typed: no shell gets a name with control characters. */
function complete({prefix, candidates}: Extract<Answer, {readonly kind: 'words'}>) {
  return candidates
    .map(({value, description}) => ({value, whole: `${prefix}${value}`, description: printable(description, 100)}))
    .filter(({value}) => value !== '' && !/[\p{C}\p{Zl}\p{Zp}]/u.test(value))
}

function lines(first: readonly [string, string], ...others: readonly string[]): string {
  return [first.join('\t').trimEnd(), ...others, ''].join('\n')
}
