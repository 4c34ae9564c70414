import {isJsonObject, type JsonObject} from '../json.ts'
import {invalidRequest} from './errors.ts'

/** The members of a JSON body; `undefined` for one that is no object, such as a form. None at all is an empty object. */
export function readInput(body: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body.toString() || '{}')
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

export function textIn(input: JsonObject, name: string): string | undefined {
  const value = input[name] ?? undefined
  if (value === undefined || typeof value === 'string') return value
  throw invalidRequest(`${name} must be a string.`)
}

/** Refuses an absent or empty text, as for a member that AWS's model lists under `required`. */
export function requiredText(input: JsonObject, name: string): string {
  const value = textIn(input, name)
  if (value) return value
  throw invalidRequest(`${name} is required.`)
}

/** A list of strings; empty where there is none. */
export function textsIn(input: JsonObject, name: string): readonly string[] {
  const value = input[name] ?? []
  if (Array.isArray(value) && value.every(member => typeof member === 'string')) return value
  throw invalidRequest(`${name} must be a list of strings.`)
}
