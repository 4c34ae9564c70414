import {isScalar, type Pair, Scalar, stringify, type YAMLMap} from 'yaml'

type Entry = Readonly<Record<string, unknown>>

/** The text without one of the map's entries; `undefined` if there is none of that name. */
export function removedFrom(map: YAMLMap, text: string, name: string): string | undefined {
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
  if (previous) return text.slice(0, endOf(previous)) + text.slice(endOf(pair))
  return text.slice(0, startOf(pair)) + text.slice(endOf(pair)).replace(/^\s*,\s*/, '')
}

/** The text with a new value for one of the map's entries; `undefined` unless both values are one-line scalars. */
export function withScalar(map: YAMLMap, text: string, name: string, value: unknown): string | undefined {
  const {value: node} = pairOf(map, name) ?? {}
  if (!isScalar(node) || node.anchor !== undefined || node.tag !== undefined) return undefined
  const oneLine = node.type === Scalar.PLAIN || node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE
  const [from, to] = node.range ?? []
  if (!oneLine || from === undefined || to === undefined || from === to) return undefined
  if (!['string', 'number', 'boolean'].includes(typeof value)) return undefined
  // Written as an item of a flow list: what is safe there is safe anywhere.
  return text.slice(0, from) + flowText([value]).slice(1, -1) + text.slice(to)
}

export function insertedInto(map: YAMLMap, text: string, value: Entry): string | undefined {
  const [first, last] = [map.items[0], map.items.at(-1)]
  if (map.flow) {
    const brace = (map.range?.[1] ?? 0) - 1
    return `${text.slice(0, brace)}${last ? ', ' : ''}${flowText(value).slice(1, -1)}${text.slice(brace)}`
  }
  if (!first || !last) return undefined
  const indent = columnOf(text, first)
  return inserted(text, entryEnd(text, endOf(last), indent), indent, value)
}

export function inserted(text: string, position: number, indent: number, value: Entry): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const lines = blockText(value).trimEnd().split('\n')
  const before = text.slice(0, position)
  const gap = before === '' || before === '\uFEFF' || before.endsWith('\n') ? '' : newline
  const block = lines.map(line => `${' '.repeat(indent)}${line}${newline}`).join('')
  return before + gap + block + text.slice(position)
}

export function blockText(value: Entry): string {
  return stringify(value, {lineWidth: 0})
}

function flowText(value: unknown): string {
  return stringify(value, {collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0}).trim()
}

export function pairOf(map: YAMLMap, name: string): Pair | undefined {
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

/** The indentation of a name. */
export function columnOf(text: string, pair: Pair): number {
  const before = text.slice(0, startOf(pair)).replace(/^\uFEFF/, '')
  return before.length - (before.lastIndexOf('\n') + 1)
}

/** Where an entry's lines end: after its value and the comments below that are indented deeper than its name. */
export function entryEnd(text: string, valueEnd: number, indent: number): number {
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
