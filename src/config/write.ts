import {isDeepStrictEqual} from 'node:util'
import {type Document, isMap, isScalar, type YAMLMap} from 'yaml'
import {AwsOidcError} from '../errors.ts'
import {named, readObject} from '../text/json.ts'
import {contentOf, documentOf} from './document.ts'
import type {ParsedText} from './read.ts'
import {blockText, columnOf, entryEnd, inserted, insertedInto, pairOf, removedFrom, withScalar} from './splice.ts'
import {type PinEdit, pinnedText, pinnedValue} from './write-pin.ts'

export type List = 'providers' | 'profiles'
type Entry = Readonly<Record<string, unknown>>

/** A change by a command: one whole entry of one of the two lists. */
export type Edit =
  | {readonly kind: 'add'; readonly list: List; readonly name: string; readonly entry: Entry}
  /** Replaces an existing entry. */
  | {readonly kind: 'change'; readonly list: List; readonly name: string; readonly entry: Entry}
  | {readonly kind: 'remove'; readonly list: List; readonly name: string}

/** One change of the text: consecutive additions to one list are one step. */
type Step =
  | {readonly kind: 'add'; readonly list: List; readonly entries: Readonly<Record<string, Entry>>}
  | Exclude<Edit, {readonly kind: 'add'}>

interface Read {
  readonly text: string
  readonly document: Document
  /** The parsed text; `undefined` if it is damaged. */
  readonly value: unknown
}

/**
 * The text of config.yaml with the edits applied and every other byte unchanged: comments, order, quoting, line ends.
 * The result is parsed and checked; throws CONFIG_INVALID if anything but the edit would change, as with an anchor that
 * is referenced elsewhere. Parsing takes most of the time, so each text is parsed once.
 */
export function editText(path: string, text: string, edits: readonly (Edit | PinEdit)[]): ParsedText {
  let now = read(text)
  for (const step of stepsOf(edits)) {
    if (step.kind === 'pin') {
      now = pinned(path, now, step)
      continue
    }
    const after = editedText(now, step)
    const then = after === undefined ? undefined : read(after)
    if (!then || !isDeepStrictEqual(meaningOf(then, step.list), edited(now, step))) throw unfit(path, step)
    now = then
  }
  return {text: now.text, value: now.value}
}

function pinned(path: string, now: Read, edit: PinEdit): Read {
  const after = pinnedText(now.text, now.document, edit)
  const then = after === undefined ? undefined : read(after)
  if (then && isDeepStrictEqual(then.value, pinnedValue(now.value, edit))) return then
  const message = `${path} is written so that no command can pin "${edit.name}" without touching the rest.`
  const hint = ['Write by hand:', '', ...blockText({plugins: {allow: {[edit.name]: edit.entry}}}).split('\n')]
  throw new AwsOidcError('CONFIG_INVALID', message, {hint})
}

function stepsOf(edits: readonly (Edit | PinEdit)[]): readonly (Step | PinEdit)[] {
  const steps: (Step | PinEdit)[] = []
  let adding: {readonly list: List; readonly entries: Record<string, Entry>} | undefined
  for (const edit of edits) {
    if (edit.kind !== 'add') {
      adding = undefined
      steps.push(edit)
    } else if (adding?.list === edit.list && !Object.hasOwn(adding.entries, edit.name)) {
      adding.entries[edit.name] = {...edit.entry}
    } else {
      adding = {list: edit.list, entries: named([[edit.name, {...edit.entry}]])}
      steps.push({kind: 'add', ...adding})
    }
  }
  return steps
}

function read(text: string): Read {
  const document = documentOf(text)
  return {text, document, value: document.errors.length > 0 ? undefined : plainValue(document)}
}

function plainValue(document: Document): unknown {
  try {
    return contentOf(document)
  } catch {
    return undefined
  }
}

function editedText(now: Read, step: Step): string | undefined {
  if (step.kind === 'change') return changed(now, step)
  return step.kind === 'add' ? added(now, step) : removed(now, step)
}

/** An entry as it would be typed into the file. */
export function entryText(list: List, name: string, entry: Entry): string {
  return blockText({[list]: {[name]: entry}})
}

function added({text, document}: Read, {list, entries}: Step & {kind: 'add'}): string | undefined {
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

function removed({text, document}: Read, {list, name}: Step & {kind: 'remove'}): string | undefined {
  const map: unknown = document.get(list)
  return isMap(map) ? removedFrom(map, text, name) : undefined
}

function changed(now: Read, {list, name, entry}: Step & {kind: 'change'}): string | undefined {
  const was = readObject(readObject(readObject(now.value)[list])[name])
  return changedAt([list, name], now.text, was, entry)
}

/** Edits setting by setting, so that unchanged ones keep their place and comments. */
function changedAt(path: readonly string[], before: string, was: Entry, entry: Entry): string | undefined {
  const differing = [...new Set([...Object.keys(entry), ...Object.keys(was)])].filter(
    setting => !isDeepStrictEqual(was[setting], entry[setting]),
  )
  // Additions come before removals: an emptied block mapping would be no mapping any more.
  const [coming, going] = [
    differing.filter(key => Object.hasOwn(entry, key)),
    differing.filter(key => !Object.hasOwn(entry, key)),
  ]
  let text: string | undefined = before
  for (const setting of [...coming, ...going]) {
    const map: unknown = documentOf(text).getIn(path, true)
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

/** A multi-line value is removed, and added again below the other settings. */
function movedBelow(map: YAMLMap, text: string, setting: string, value: unknown): string | undefined {
  // The insertion is below, so the map's positions above it are still valid.
  const longer = insertedInto(map, text, {[setting]: value})
  return longer && (removedFrom(map, longer, setting) ?? longer)
}

/** The value of a text, `undefined` if it is damaged; an absent list counts as an empty one. */
function meaningOf({value}: Read, list: List): unknown {
  if (value === undefined) return undefined
  const root = readObject(value)
  return {...root, [list]: {...readObject(root[list])}}
}

function edited(now: Read, step: Step): unknown {
  const root = readObject(meaningOf(now, step.list))
  const entries = readObject(root[step.list])
  if (step.kind === 'add') return {...root, [step.list]: {...entries, ...step.entries}}
  const {[step.name]: _, ...others} = entries
  return {...root, [step.list]: step.kind === 'remove' ? others : {...others, [step.name]: {...step.entry}}}
}

function unfit(path: string, step: Step): AwsOidcError {
  const entries = step.kind === 'add' ? step.entries : {[step.name]: step.kind === 'change' ? step.entry : {}}
  const names = Object.keys(entries).map(name => `"${name}"`)
  const does = {
    add: `add ${names.join(', ')} to`,
    change: `change ${names.join(', ')} in`,
    remove: `remove ${names.join(', ')} from`,
  }
  const message = `${path} is written so that no command can ${does[step.kind]} "${step.list}" without touching the rest.`
  const hint =
    step.kind === 'remove'
      ? `Remove it by hand, with whatever refers to it.`
      : ['Write by hand:', '', ...blockText({[step.list]: entries}).split('\n')]
  return new AwsOidcError('CONFIG_INVALID', message, {hint})
}
