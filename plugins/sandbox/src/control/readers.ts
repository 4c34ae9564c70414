import {HttpError} from '../http.ts'
import {isJsonObject, type JsonObject} from '../json.ts'

/** Turns a value from outside into a `T`, or throws an HttpError 400 that names `place`. */
export type Reader<T> = (value: unknown, place: string) => T

type Shape = Readonly<Record<string, Reader<unknown>>>
type Members<S extends Shape> = {readonly [K in keyof S]?: ReturnType<S[K]>}

/** Reads an object with no other members than these, each of which may be absent. */
export function members<S extends Shape>(shape: S): Reader<Members<S>> {
  return (value, place) => {
    const object = anyObject(value, place)
    const entries = Object.entries(object).map(([name, member]) => {
      const reader = Object.hasOwn(shape, name) ? shape[name] : undefined
      if (!reader) throw wrong(`${place} has no member "${name}"; it has ${Object.keys(shape).join(', ')}.`)
      return [name, reader(member, `${place}.${name}`)]
    })
    // Each member has the type of its reader, which Object.fromEntries can't express.
    return Object.fromEntries(entries) as Members<S>
  }
}

export const anyObject: Reader<JsonObject> = (value, place) => {
  if (!isJsonObject(value)) throw wrong(`${place} must be an object.`)
  return value
}

export const text: Reader<string> = (value, place) => {
  if (typeof value !== 'string') throw wrong(`${place} must be a string.`)
  return value
}

export const flag: Reader<boolean> = (value, place) => {
  if (typeof value !== 'boolean') throw wrong(`${place} must be true or false.`)
  return value
}

/** Keeps a string as it is and turns anything else into JSON, so that a body can be given either way. */
export const textOrJson: Reader<string> = value => (typeof value === 'string' ? value : JSON.stringify(value))

export function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER): Reader<number> {
  return (value, place) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum || value > maximum) {
      const limit = maximum === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${maximum}`
      throw wrong(`${place} must be an integer, at least ${minimum}${limit}.`)
    }
    return value
  }
}

/** Reads a number above zero, which may have a fraction. */
export const positive: Reader<number> = (value, place) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) throw wrong(`${place} must be above zero.`)
  return value
}

export function nullable<T>(reader: Reader<T>): Reader<T | null> {
  return (value, place) => (value === null ? null : reader(value, place))
}

export function list<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) throw wrong(`${place} must be a list.`)
    return value.map((member, index) => reader(member, `${place}[${index}]`))
  }
}

/** Reads a list, or a single value as a list of one. */
export function oneOrMore<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (value, place) => (Array.isArray(value) ? list(reader)(value, place) : [reader(value, place)])
}

/** Reads an object whose members may have any name. */
export function dictionary<T>(reader: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value, place) => {
    const entries = Object.entries(anyObject(value, place))
    return Object.fromEntries(entries.map(([name, member]) => [name, reader(member, `${place}.${name}`)]))
  }
}

export function oneOf<T extends string>(...choices: readonly T[]): Reader<T> {
  return (value, place) => {
    const choice = choices.find(candidate => candidate === value)
    if (choice === undefined) throw wrong(`${place} must be one of ${choices.join(', ')}.`)
    return choice
  }
}

export function wrong(message: string): HttpError {
  return new HttpError(400, message)
}
