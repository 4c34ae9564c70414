import type {Catalogue, FlagShape, ValueShape} from './commands.ts'

export interface Candidate {
  readonly value: string
  /** May be empty. */
  readonly description: string
}

/** What can be typed where the user has pressed Tab. */
export interface Position {
  /** The part of the word that stays, such as `--profile=`. */
  readonly prefix: string
  /** Commands or flags. */
  readonly words: readonly Candidate[]
  readonly value: Pick<ValueShape, 'kind' | 'options'> | undefined
  /** Values that were given before, and are not offered again. */
  readonly except: readonly string[]
  /** The values of the flags so far, on which the possible values depend. */
  readonly said: ReadonlyMap<string, string>
  /** How many words, including the program's name, precede the words that are not for us. */
  readonly restFrom: number | undefined
}

const nothing: Position = {
  prefix: '',
  words: [],
  value: undefined,
  except: [],
  said: new Map(),
  restFrom: undefined,
}

/** Finds the position of the word `current`, after the words `before`; both unquoted. */
export function positionOf(before: readonly string[], current: string, catalogue: Catalogue): Position {
  const [id, typed] = commandIn(before, catalogue)
  const command = catalogue.commands.find(known => known.id === id)
  const rest = before.slice(typed)
  const under = rest.length === 0 && !current.startsWith('-') ? wordsUnder(id, catalogue) : []
  if (!command) return {...nothing, words: under}
  const read = readWords(rest, command.flags)
  if (read.end !== undefined) {
    const restFrom = command.rest === undefined ? undefined : 1 + typed + read.end + 1
    return {...nothing, restFrom, value: command.rest === undefined ? undefined : {kind: command.rest, options: []}}
  }
  const {said} = read
  if (read.pending)
    return {...nothing, value: read.pending, except: said.get(read.pending.name) ?? [], said: last(said)}
  if (current.startsWith('-')) return {...inFlag(current, command.flags, said), said: last(said)}
  const value = command.args[Math.min(read.args.length, command.args.length - 1)]
  const isTaken = !value || (read.args.length >= command.args.length && !value.multiple)
  if (value?.kind === 'command') return {...nothing, words: wordsUnder(commandIn(read.args, catalogue)[0], catalogue)}
  if (!isTaken) return {...nothing, words: under, value, except: value.multiple ? read.args : [], said: last(said)}
  return {...nothing, words: under.length > 0 ? under : flagWords('', command.flags, said)}
}

/** The command or topic that the words begin with, and how many words it has. */
function commandIn(words: readonly string[], {commands}: Catalogue): readonly [id: string, words: number] {
  let found: readonly [string, number] = ['', 0]
  for (const [index, word] of words.entries()) {
    const id = found[0] === '' ? word : `${found[0]}:${word}`
    if (!commands.some(command => command.id === id || command.id.startsWith(`${id}:`))) break
    found = [id, index + 1]
  }
  return found
}

function wordsUnder(id: string, {commands, topics}: Catalogue): readonly Candidate[] {
  const start = id === '' ? '' : `${id}:`
  const next = new Map<string, string>()
  for (const command of commands) {
    if (command.hidden || !command.id.startsWith(start)) continue
    const [word = '', ...more] = command.id.slice(start.length).split(':')
    if (more.length === 0) next.set(word, command.summary)
    else if (!next.has(word)) next.set(word, topics.get(`${start}${word}`) ?? '')
  }
  return [...next].map(([value, description]) => ({value, description}))
}

type Said = ReadonlyMap<string, readonly string[]>

interface ReadWords {
  readonly args: readonly string[]
  readonly said: Said
  /** The flag whose value comes next. */
  readonly pending: FlagShape | undefined
  /** The index of `--`. */
  readonly end: number | undefined
}

function readWords(words: readonly string[], flags: readonly FlagShape[]): ReadWords {
  const args: string[] = []
  const said = new Map<string, readonly string[]>()
  let pending: FlagShape | undefined
  const note = ({name}: FlagShape, value: string) => said.set(name, [...(said.get(name) ?? []), value])
  for (const [index, word] of words.entries()) {
    if (pending) {
      note(pending, word)
      pending = undefined
    } else if (word === '--') {
      return {args, said, pending: undefined, end: index}
    } else if (word.startsWith('-') && word !== '-') {
      const {flag, value} = flagIn(word, flags)
      if (flag?.takesValue && value === undefined) pending = flag
      else if (flag) note(flag, value ?? '')
    } else {
      args.push(word)
    }
  }
  return {args, said, pending, end: undefined}
}

/** The flag that a word names, the value in the same word, and the text before the value. */
function flagIn(word: string, flags: readonly FlagShape[]) {
  if (!word.startsWith('--')) {
    const flag = flags.find(({char}) => char === word[1])
    return {flag, value: word.length > 2 ? word.slice(2) : undefined, prefix: word.slice(0, 2)}
  }
  const [typed = '', ...more] = word.slice(2).split('=')
  const flag = flags.find(({name, allowNo}) => name === typed || (allowNo && `no-${name}` === typed))
  return {flag, value: more.length > 0 ? more.join('=') : undefined, prefix: `--${typed}=`}
}

function inFlag(current: string, flags: readonly FlagShape[], said: Said): Position {
  const {flag, value, prefix} = flagIn(current, flags)
  if (flag?.takesValue && value !== undefined) {
    return {...nothing, prefix, value: flag, except: said.get(flag.name) ?? []}
  }
  return {...nothing, words: flagWords(current, flags, said)}
}

/** The flags that can still be given; short ones only where nothing but `-` is typed. */
function flagWords(current: string, flags: readonly FlagShape[], said: Said): readonly Candidate[] {
  const isFree = ({name, multiple, exclusive}: FlagShape) =>
    (multiple || !said.has(name)) &&
    !exclusive.some(other => said.has(other)) &&
    !flags.some(other => said.has(other.name) && other.exclusive.includes(name))
  const words = flags
    .filter(isFree)
    .flatMap(({name, char, allowNo, description}) => [
      ...(char !== undefined && !current.startsWith('--') ? [{value: `-${char}`, description}] : []),
      {value: `--${name}`, description},
      ...(allowNo ? [{value: `--no-${name}`, description}] : []),
    ])
  const help = (current.startsWith('--') ? ['--help'] : ['-h', '--help'])
    .filter(value => !words.some(word => word.value === value))
    .map(value => ({value, description: 'show help'}))
  return [...words, ...help]
}

function last(said: Said): ReadonlyMap<string, string> {
  return new Map([...said].map(([name, values]) => [name, values.at(-1) ?? '']))
}
