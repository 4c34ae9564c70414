/** Values from a plugin, checked one by one. Each check throws an Error that names the value. */

// Far more than any provider sends; what AWS takes is checked where it is sent.
export const longestText = 1_000_000
const mostItems = 100_000
// ISO 8601 writes later years differently.
const latest = Date.UTC(9999, 11, 31)

/** An object's members, whether own or of its class. */
export function membersOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw new Error(`${what} ${shown(value)}, not an object`)
  return value
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectIn(value: unknown, what: string): Readonly<Record<string, unknown>> {
  return membersOf(value, `${what} is`)
}

export function optional<Result>(
  value: unknown,
  read: (value: unknown, what: string) => Result,
  what: string,
): Result | undefined {
  return value === undefined ? undefined : read(value, what)
}

/** A text, which may be empty. */
export function stringIn(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Error(`${what} is ${shown(value)}, not a string`)
  if (value.length > longestText) throw new Error(`${what} is longer than ${longestText} characters`)
  return value
}

export function textIn(value: unknown, what: string): string {
  const text = stringIn(value, what)
  if (text === '') throw new Error(`${what} is empty`)
  return text
}

/** A text without spaces, line breaks and anything beyond ASCII, as keys and tokens are. Its value is never quoted. */
export function wordIn(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Error(`${what} is ${typeOf(value)}, not a string`)
  const text = textIn(value, what)
  if (!/^[!-~]+$/.test(text)) throw new Error(`${what} has a space, a line break or a character beyond ASCII`)
  return text
}

export function dateIn(value: unknown, what: string): Date {
  if (!(value instanceof Date)) throw new Error(`${what} is ${shown(value)}, not a Date`)
  const time = Date.prototype.getTime.call(value)
  if (!(time >= 0 && time <= latest)) throw new Error(`${what} is a Date outside of 1970 to 9999`)
  return new Date(time)
}

export function urlIn(value: unknown, what: string): URL {
  if (!(value instanceof URL)) throw new Error(`${what} is ${shown(value)}, not a URL`)
  return new URL(value.href)
}

/** A count of things: a whole number from 0. */
export function countIn(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new Error(`${what} is ${shown(value)}, not a whole number from 0`)
}

export function booleanIn(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw new Error(`${what} is ${shown(value)}, neither true nor false`)
  return value
}

export function millisecondsIn(value: unknown, what: string): number {
  if (typeof value !== 'number' || !(value > 0)) {
    throw new Error(`${what} is ${shown(value)}, not a number of milliseconds above 0`)
  }
  return value
}

type Method = (this: unknown, ...args: readonly unknown[]) => unknown

export function functionIn(value: unknown, what: string): Method {
  if (!isMethod(value)) throw new Error(`${what} is ${shown(value)}, not a function`)
  return value
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function'
}

export function listIn(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${what} ${shown(value)}, not a list`)
  if (value.length > mostItems) throw new Error(`${what} more than ${mostItems} items`)
  return Array.from(value)
}

/** A value for a message: only its type where it may be a secret or huge. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value.length > 50 ? 'a long string' : JSON.stringify(value)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeOf(value)
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'a list'
  return `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`
}
