import {type Document, isMap, isScalar, isSeq, type YAMLSeq} from 'yaml'
import {readObject} from '../text/json.ts'
import {documentOf} from './document.ts'
import {inserted, insertedInto, pairOf, removedFrom} from './splice.ts'

/** A change by `plugins install --pin`: the entry of one plugin in `plugins.allow`. */
export interface PinEdit {
  readonly kind: 'pin'
  readonly name: string
  readonly entry: {readonly version: string; readonly integrity: string}
  /** The other plugins there are: where nothing was listed so far, all could be used, and those still can. */
  readonly others: readonly string[]
}

/** The text with the pin; `undefined` if it can't be written without touching the rest. */
export function pinnedText(text: string, document: Document, edit: PinEdit): string | undefined {
  const root: unknown = document.contents
  const allow = allowOf(undefined, edit)
  if (root === null) return inserted(text, text.length, 0, {plugins: {allow}})
  if (!isMap(root)) return undefined
  const {value: plugins} = pairOf(root, 'plugins') ?? {}
  if (plugins === undefined) return insertedInto(root, text, {plugins: {allow}})
  if (!isMap(plugins)) return undefined
  const {value: listed} = pairOf(plugins, 'allow') ?? {}
  if (listed === undefined) return insertedInto(plugins, text, {allow})
  if (isMap(listed)) {
    // The insertion is below, so the positions of what is removed are still valid.
    const longer = insertedInto(listed, text, {[edit.name]: edit.entry})
    return longer && (removedFrom(listed, longer, edit.name) ?? longer)
  }
  const asMap = isSeq(listed) ? mapInsteadOf(listed, text) : undefined
  return asMap && pinnedText(asMap, documentOf(asMap), edit)
}

/** What the text means with the pin, to compare with. */
export function pinnedValue(value: unknown, edit: PinEdit): unknown {
  const root = readObject(value)
  const plugins = readObject(root.plugins)
  return {...root, plugins: {...plugins, allow: allowOf(plugins.allow, edit)}}
}

function allowOf(before: unknown, {name, entry, others}: PinEdit): Readonly<Record<string, unknown>> {
  const names = Array.isArray(before) ? before.map(String) : before === undefined ? others : []
  const there = Object.fromEntries(names.map(other => [other, {}]))
  const {[name]: _, ...rest} = {...there, ...(Array.isArray(before) ? {} : readObject(before))}
  return {...rest, [name]: {...entry}}
}

/** A list of names as names with nothing pinned, in its place and with its comments. */
function mapInsteadOf(list: YAMLSeq, text: string): string | undefined {
  let after = text
  const [begin = 0, end = 0] = list.range ?? []
  if (list.flow) after = `${after.slice(0, end - 1)}}${after.slice(end)}`
  for (const item of list.items.toReversed()) {
    const [from, to] = (isScalar(item) && item.range) || []
    if (from === undefined || to === undefined) return undefined
    after = `${after.slice(0, to)}: {}${after.slice(to)}`
    if (list.flow) continue
    const dash = after.lastIndexOf('-', from - 1)
    if (after.slice(dash + 1, from).trim() !== '') return undefined
    after = `${after.slice(0, dash)} ${after.slice(dash + 1)}`
  }
  return list.flow ? `${after.slice(0, begin)}{${after.slice(begin + 1)}` : after
}
