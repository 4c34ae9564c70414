import {isDeepStrictEqual} from 'node:util'
import {parseObject} from '../json.ts'
import type {ParsedText} from './read.ts'

/** The name of the file in which the parsed configuration of a path is kept; `undefined` where none would fit. */
export function keptName(path: string): string | undefined {
  const name = `${encodeURIComponent(path)}.json`
  return name.length <= 200 ? name : undefined
}

/** As JSON; `undefined` where that would lose something, such as an infinite number. */
export function toKept(parsed: ParsedText): string | undefined {
  const text = JSON.stringify(parsed)
  return isDeepStrictEqual(JSON.parse(text), parsed) ? text : undefined
}

export function fromKept(json: string): ParsedText | undefined {
  const {text, value} = parseObject(json)
  return typeof text === 'string' ? {text, value} : undefined
}
