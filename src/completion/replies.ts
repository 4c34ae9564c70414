import {printable} from '../errors.ts'
import {cutLine, type Quote} from './bash-line.ts'
import type {Candidate} from './position.ts'
import {type CompletedShell, completedShells} from './shells.ts'

/** What is typed, as a shell tells it. */
export interface Question {
  /** The words before that under the cursor, the program's own not included. */
  readonly before: readonly string[]
  readonly current: string
  readonly reply: (answer: Answer) => string
}

export type Answer =
  | {readonly kind: 'words'; readonly prefix: string; readonly candidates: readonly Candidate[]}
  /** The shell's own: files, in place of what follows the prefix. */
  | {readonly kind: 'files'; readonly prefix: string}
  /** The shell's own: the word with this number, the first one being 0, is a program, and what follows is its. */
  | {readonly kind: 'program'; readonly from: number}

const questions: Readonly<Record<CompletedShell, (args: readonly string[]) => Question>> = {
  bash: fromBash,
  zsh: fromWords(linesWithDescription),
  fish: fromWords(linesWithDescription),
  powershell: fromPowershell,
}

/** Reads what the script of a shell (bin/complete.*) asks. */
export function readQuestion([shell, ...args]: readonly string[]): Question | undefined {
  const known = completedShells.find(name => name === shell)
  return known && questions[known](args)
}

/** The line up to the cursor, and the end of it that bash would replace. */
function fromBash([line = '', replaced = '']: readonly string[]): Question {
  const {before, current, quote} = cutLine(line)
  const start = line.slice(0, line.length - replaced.length)
  const kept = line.endsWith(replaced) ? cutLine(`${start}x`).current.slice(0, -1) : ''
  const reply = (answer: Answer) => {
    if (answer.kind === 'files') return lines(['files', current.slice(answer.prefix.length)])
    // What follows the program is for bash files, like the rest of what it does not know.
    if (answer.kind === 'program') return lines([answer.from === before.length ? 'programs' : 'files', current])
    const fitting = complete(answer).filter(({whole}) => whole.startsWith(current))
    return lines(['words', ''], ...fitting.flatMap(({whole}) => quotedForBash(whole.slice(kept.length), quote)))
  }
  return {before: before.slice(1), current, reply}
}

/** Of several lines, as bash would take it in the place where it is typed; none where that can't be. */
function quotedForBash(text: string, quote: Quote | undefined): readonly string[] {
  // Of history, bash looks into double quotes, and leaves the backslash there.
  if (text === '' || quote === "$'" || (quote === '"' && text.includes('!'))) return []
  // bash closes the quotes itself, unless the word ends in such a sign already.
  if (quote === "'") return [text.replaceAll("'", String.raw`'\''`).replace(/''$/, "'")]
  if (quote === '"') return [text.replace(/["\\$`]/g, String.raw`\$&`).replace(/"$/, '""')]
  return [text.replace(/[^\w\u0080-\uffff./:=@%+,-]/g, String.raw`\$&`)]
}

/** The words before the current one, and that one. These shells choose what fits, and quote it. */
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

/** The same, as lines in base64: PowerShell would lose quotes and empty words on their way to a program. */
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

/** It takes U+2018 to U+201B for single quotes too. */
function quotedForPowershell(text: string): string {
  return /^[\w./:=+-]+$/.test(text) ? text : `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`
}

/** PowerShell reads what a program says in the code page of the console. */
function ascii(answer: object): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return `${JSON.stringify(answer).replace(/[^\x20-\x7e]/g, escaped)}\n`
}

/** What is typed as a whole, and can be: no shell is handed a name that would command a terminal. */
function complete({prefix, candidates}: Extract<Answer, {readonly kind: 'words'}>) {
  return candidates
    .map(({value, description}) => ({value, whole: `${prefix}${value}`, description: printable(description, 100)}))
    .filter(({value}) => value !== '' && !/[\p{C}\p{Zl}\p{Zp}]/u.test(value))
}

function lines(first: readonly [string, string], ...others: readonly string[]): string {
  return [first.join('\t').trimEnd(), ...others, ''].join('\n')
}
