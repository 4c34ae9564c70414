import {isDeepStrictEqual} from 'node:util'
import {parseObject} from '../text/json.ts'
import type {ParsedText} from './read.ts'

/** The name of the file in which the parsed configuration of a path is kept; `undefined` where none would fit. */
export function keptName(path: string): string | undefined {
  const name = `${encodeURIComponent(path)}.json`
  return name.length <= 200 ? name : undefined
}

/** As JSON; `undefined` where that would lose something, such as an infinite number. `by` is the version that has parsed it. */
export function toKept(parsed: ParsedText, by: unknown): string | undefined {
  const text = JSON.stringify({by, ...parsed})
  return isDeepStrictEqual(JSON.parse(text), {by, ...parsed}) ? text : undefined
}

/** What `toKept` has made of it in this version: another one may read the same text otherwise. */
export function fromKept(json: string, version: unknown): ParsedText | undefined {
  const {by, text, value} = parseObject(json)
  return by === version && typeof text === 'string' ? {text, value} : undefined
}
