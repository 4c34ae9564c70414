import {isDeepStrictEqual} from 'node:util'
import {type Document, isMap, isScalar, parse, parseDocument, type YAMLMap} from 'yaml'
import {AwsOidcError} from '../errors.ts'
import {readObject} from '../json.ts'
import {namesAsWritten} from './read.ts'
import {blockText, columnOf, entryEnd, inserted, insertedInto, pairOf, removedFrom, withScalar} from './splice.ts'

export type List = 'providers' | 'profiles'
type Entry = Readonly<Record<string, unknown>>

/** What a command changes: one whole entry of one of the two lists. */
export type Edit =
  | {readonly kind: 'add'; readonly list: List; readonly name: string; readonly entry: Entry}
  /** For an entry that is there: it is to say this instead. */
  | {readonly kind: 'change'; readonly list: List; readonly name: string; readonly entry: Entry}
  | {readonly kind: 'remove'; readonly list: List; readonly name: string}

/**
 * The text of config.yaml with the edits made, and every other byte of it as it was: comments, order, quoting, line
 * ends. What comes out is read again before it is believed; throws CONFIG_INVALID where it would say anything else than
 * before but for the edit, as with an anchor that is referred to from elsewhere.
 */
export function editText(path: string, text: string, edits: readonly Edit[]): string {
  return inSteps(edits).reduce((before, step) => {
    const [edit] = step
    const document = parseDocument(before, namesAsWritten)
    const after = editedText(before, document, step)
    if (after !== undefined && isDeepStrictEqual(meaningOf(after, edit.list), edited(before, step))) return after
    throw unfit(path, edit)
  }, text)
}

/** One edit, or entries with different names that are all added to one list: each look at the whole text takes its time. */
type Step = readonly [first: Edit, ...more: Edit[]]

function inSteps(edits: readonly Edit[]): readonly Step[] {
  const steps: [Edit, ...Edit[]][] = []
  let names = new Set<string>()
  for (const edit of edits) {
    const step = steps.at(-1)
    const joins = step?.[0].kind === 'add' && edit.kind === 'add' && step[0].list === edit.list && !names.has(edit.name)
    if (step && joins) step.push(edit)
    else {
      steps.push([edit])
      names = new Set()
    }
    names.add(edit.name)
  }
  return steps
}

function editedText(text: string, document: Document, step: Step): string | undefined {
  const [edit] = step
  if (edit.kind === 'change') return changed(text, edit)
  if (edit.kind === 'remove') return removed(text, document, edit)
  return added(text, document, edit.list, entriesOf(step))
}

function entriesOf(step: Step): Readonly<Record<string, Entry>> {
  return Object.fromEntries(step.flatMap(edit => (edit.kind === 'remove' ? [] : [[edit.name, edit.entry] as const])))
}

/** An entry as it is to be typed into the file. */
export function entryText(list: List, name: string, entry: Entry): string {
  return blockText({[list]: {[name]: entry}})
}

function added(text: string, document: Document, list: List, entries: Entry): string | undefined {
  const root: unknown = document.contents
  if (root === null) return inserted(text, text.length, 0, {[list]: entries})
  if (!isMap(root)) return undefined
  const pair = pairOf(root, list)
  if (!pair) return insertedInto(root, text, {[list]: entries})
  if (isMap(pair.value)) return insertedInto(pair.value, text, entries)
  if (!isScalar(pair.value) || pair.value.value !== null) return undefined
  const [from = 0, to = 0] = pair.value.range ?? []
  const emptied = text.slice(0, from) + text.slice(to)
  const indent = columnOf(text, pair)
  return inserted(emptied, entryEnd(emptied, from, indent), indent + 2, entries)
}

function removed(text: string, document: Document, {list, name}: Edit & {kind: 'remove'}): string | undefined {
  const map: unknown = document.get(list)
  return isMap(map) ? removedFrom(map, text, name) : undefined
}

function changed(text: string, {list, name, entry}: Edit & {kind: 'change'}): string | undefined {
  const was = readObject(readObject(readObject(meaningOf(text, list))[list])[name])
  return changedAt([list, name], text, was, entry)
}

/** Setting by setting, so that what stays the same stays where it is, with the comments beside it. */
function changedAt(path: readonly string[], before: string, was: Entry, entry: Entry): string | undefined {
  const differing = [...new Set([...Object.keys(entry), ...Object.keys(was)])].filter(
    setting => !isDeepStrictEqual(was[setting], entry[setting]),
  )
  // What comes comes before what goes: a mapping with nothing in it is none.
  const [coming, going] = [differing.filter(key => key in entry), differing.filter(key => !(key in entry))]
  let text: string | undefined = before
  for (const setting of [...coming, ...going]) {
    const map: unknown = parseDocument(text, namesAsWritten).getIn(path, true)
    if (!isMap(map)) return undefined
    const [old, value] = [readObject(was[setting]), readObject(entry[setting])]
    const both = Object.keys(old).length > 0 && Object.keys(value).length > 0
    text = both ? changedAt([...path, setting], text, old, value) : withSetting(map, text, setting, entry[setting])
    if (text === undefined) return undefined
  }
  return text
}

function withSetting(map: YAMLMap, text: string, setting: string, value: unknown): string | undefined {
  if (value === undefined) return removedFrom(map, text, setting)
  return withScalar(map, text, setting, value) ?? movedBelow(map, text, setting, value)
}

/** What stands over several lines goes, and comes back below the others. */
function movedBelow(map: YAMLMap, text: string, setting: string, value: unknown): string | undefined {
  // Above what was put below it everything still stands where the map says.
  const longer = insertedInto(map, text, {[setting]: value})
  return longer && (removedFrom(map, longer, setting) ?? longer)
}

/** What the text says, `undefined` where it is damaged; a list without entries is as good as none. */
function meaningOf(text: string, list: List): unknown {
  try {
    const root = readObject(parse(text, {...namesAsWritten, maxAliasCount: 100}))
    return {...root, [list]: readObject(root[list])}
  } catch {
    return undefined
  }
}

function edited(text: string, step: Step): unknown {
  const [{list}] = step
  const root = readObject(meaningOf(text, list))
  const names = new Set(step.map(({name}) => name))
  const others = Object.entries(readObject(root[list])).filter(([name]) => !names.has(name))
  return {...root, [list]: {...Object.fromEntries(others), ...entriesOf(step)}}
}

function unfit(path: string, edit: Edit): AwsOidcError {
  const does = {
    add: `put "${edit.name}" into`,
    change: `change "${edit.name}" in`,
    remove: `take "${edit.name}" out of`,
  }
  const message = `${path} is written in a way in which no command can ${does[edit.kind]} "${edit.list}" without touching the rest.`
  const hint =
    edit.kind === 'remove'
      ? `Take it out by hand, with what refers to it.`
      : `Write by hand:\n\n${entryText(edit.list, edit.name, edit.entry)}`
  return new AwsOidcError('CONFIG_INVALID', message, {hint})
}
