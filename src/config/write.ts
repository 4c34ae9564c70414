import {isDeepStrictEqual} from 'node:util'
import {type Document, isMap, isScalar, type Pair, parse, parseDocument, stringify, type YAMLMap} from 'yaml'
import {AwsOidcError} from '../errors.ts'
import {readObject} from '../json.ts'

export type List = 'providers' | 'profiles'
type Entry = Readonly<Record<string, unknown>>

/** What a command changes: one whole entry of one of the two lists. */
export type Edit =
  | {readonly kind: 'add'; readonly list: List; readonly name: string; readonly entry: Entry}
  | {readonly kind: 'remove'; readonly list: List; readonly name: string}

/**
 * The text of config.yaml with the edits made, and every other byte of it as it was: comments, order, quoting, line
 * ends. What comes out is read again before it is believed; throws CONFIG_INVALID where it would say anything else than
 * before but for the edit, as with an anchor that is referred to from elsewhere.
 */
export function editText(path: string, text: string, edits: readonly Edit[]): string {
  return edits.reduce((before, edit) => {
    const document = parseDocument(before)
    const after = edit.kind === 'add' ? added(before, document, edit) : removed(before, document, edit)
    if (after !== undefined && isDeepStrictEqual(meaningOf(after, edit.list), edited(before, edit))) return after
    throw unfit(path, edit)
  }, text)
}

/** An entry as it is to be typed into the file. */
export function entryText(list: List, name: string, entry: Entry): string {
  return blockText({[list]: {[name]: entry}})
}

function added(text: string, document: Document, {list, name, entry}: Edit & {kind: 'add'}): string | undefined {
  const root: unknown = document.contents
  if (root === null) return inserted(text, text.length, 0, {[list]: {[name]: entry}})
  if (!isMap(root)) return undefined
  const pair = pairOf(root, list)
  if (!pair) return insertedInto(root, text, {[list]: {[name]: entry}})
  if (isMap(pair.value)) return insertedInto(pair.value, text, {[name]: entry})
  if (!isScalar(pair.value) || pair.value.value !== null) return undefined
  const [from = 0, to = 0] = pair.value.range ?? []
  const emptied = text.slice(0, from) + text.slice(to)
  const indent = columnOf(text, pair)
  return inserted(emptied, entryEnd(emptied, from, indent), indent + 2, {[name]: entry})
}

function removed(text: string, document: Document, {list, name}: Edit & {kind: 'remove'}): string | undefined {
  const map: unknown = document.get(list)
  if (!isMap(map)) return undefined
  const pair = pairOf(map, name)
  if (!pair) return undefined
  if (map.flow) return removedFromFlow(map, pair, text)
  const indent = columnOf(text, pair)
  return text.slice(0, startOf(pair) - indent) + text.slice(entryEnd(text, endOf(pair), indent))
}

function removedFromFlow(map: YAMLMap, pair: Pair, text: string): string {
  const at = map.items.indexOf(pair)
  const [previous, next] = [map.items[at - 1], map.items[at + 1]]
  if (next) return text.slice(0, startOf(pair)) + text.slice(startOf(next))
  return text.slice(0, previous ? endOf(previous) : startOf(pair)) + text.slice(endOf(pair))
}

function insertedInto(map: YAMLMap, text: string, value: Entry): string | undefined {
  const [first, last] = [map.items[0], map.items.at(-1)]
  if (map.flow) {
    const brace = (map.range?.[1] ?? 0) - 1
    const flow = stringify(value, {collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0})
    return `${text.slice(0, brace)}${last ? ', ' : ''}${flow.trim().slice(1, -1)}${text.slice(brace)}`
  }
  if (!first || !last) return undefined
  const indent = columnOf(text, first)
  return inserted(text, entryEnd(text, endOf(last), indent), indent, value)
}

function inserted(text: string, position: number, indent: number, value: Entry): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const lines = blockText(value).trimEnd().split('\n')
  const before = text.slice(0, position)
  const gap = before === '' || before === '\uFEFF' || before.endsWith('\n') ? '' : newline
  const block = lines.map(line => `${' '.repeat(indent)}${line}${newline}`).join('')
  return before + gap + block + text.slice(position)
}

function blockText(value: Entry): string {
  return stringify(value, {lineWidth: 0})
}

function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({key}) => isScalar(key) && String(key.value) === name)
}

function startOf({key}: Pair): number {
  return rangeOf(key)?.[0] ?? 0
}

function endOf({key, value}: Pair): number {
  return rangeOf(value)?.[1] ?? rangeOf(key)?.[1] ?? 0
}

function rangeOf(node: unknown): readonly number[] | undefined {
  return node !== null && typeof node === 'object' && 'range' in node && Array.isArray(node.range)
    ? node.range
    : undefined
}

/** How far a name is indented. */
function columnOf(text: string, pair: Pair): number {
  const before = text.slice(0, startOf(pair)).replace(/^\uFEFF/, '')
  return before.length - (before.lastIndexOf('\n') + 1)
}

/** Where the lines of an entry end: with its value, and the comments below it that are indented deeper than its name. */
function entryEnd(text: string, valueEnd: number, indent: number): number {
  const end = text.slice(0, valueEnd).trimEnd().length
  let position = afterLine(text, end)
  for (let next = position; next < text.length; ) {
    const [, spaces = '', sign] = /^([ \t]*)(.?)/.exec(text.slice(next)) ?? []
    const blank = sign === '' || sign === '\r'
    if (!blank && (sign !== '#' || spaces.length <= indent)) break
    next = afterLine(text, next)
    if (!blank) position = next
  }
  return position
}

function afterLine(text: string, position: number): number {
  const newline = text.indexOf('\n', position)
  return newline === -1 ? text.length : newline + 1
}

/** What the text says, `undefined` where it is damaged; a list without entries is as good as none. */
function meaningOf(text: string, list: List): unknown {
  try {
    const root = readObject(parse(text, {maxAliasCount: 100}))
    return {...root, [list]: readObject(root[list])}
  } catch {
    return undefined
  }
}

function edited(text: string, edit: Edit): unknown {
  const root = readObject(meaningOf(text, edit.list))
  const {[edit.name]: _, ...others} = readObject(root[edit.list])
  return {...root, [edit.list]: edit.kind === 'add' ? {...others, [edit.name]: edit.entry} : others}
}

function unfit(path: string, edit: Edit): AwsOidcError {
  const what = edit.kind === 'add' ? `put "${edit.name}" into` : `take "${edit.name}" out of`
  const message = `${path} is written in a way in which no command can ${what} "${edit.list}" without touching the rest.`
  const hint =
    edit.kind === 'add'
      ? `Write by hand:\n\n${entryText(edit.list, edit.name, edit.entry)}`
      : `Take it out by hand, with what refers to it.`
  return new AwsOidcError('CONFIG_INVALID', message, {hint})
}
