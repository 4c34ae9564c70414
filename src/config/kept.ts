import {isDeepStrictEqual} from 'node:util'
import {parseObject} from '../text/json.ts'
import type {ParsedText} from './read.ts'

/** The file name for the parsed configuration of a path; `undefined` if the name would be too long. */
export function keptName(path: string): string | undefined {
  const name = `${encodeURIComponent(path)}.json`
  return name.length <= 200 ? name : undefined
}

/**
 * Serializes to JSON; `undefined` if that would lose something, such as an infinite number. `by` is the program's
 * version.
 */
export function toKept(parsed: ParsedText, by: unknown): string | undefined {
  const text = JSON.stringify({by, ...parsed})
  return isDeepStrictEqual(JSON.parse(text), {by, ...parsed}) ? text : undefined
}

/** Reads JSON from `toKept`, of this version only: another one may parse the same text differently. */
export function fromKept(json: string, version: unknown): ParsedText | undefined {
  const {by, text, value} = parseObject(json)
  return by === version && typeof text === 'string' ? {text, value} : undefined
}
