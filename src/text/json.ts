/** An object for names from outside: nothing stands under one that nobody has put there, be it "toString". */
export function named<Value>(entries: Iterable<readonly [string, Value]>): Record<string, Value> {
  const object: Record<string, Value> = Object.create(null)
  for (const [name, value] of entries) object[name] = value
  return object
}

/** What stands under a name from outside in an object that others have made. */
export function memberOf<Value>(object: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** The members of an object from outside; none where it is something else. */
export function readObject(value: unknown): Readonly<Record<string, unknown>> {
  return named(value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [])
}

/** The texts of a list from outside; what else is in it is passed over. */
export function readTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
}

/** The members of the JSON object in `text`; none where it is something else, or no JSON. */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return readObject(JSON.parse(text))
  } catch {
    return readObject(undefined)
  }
}

/** Whether objects and lists in it are nested over so many levels: going through it by recursion could exhaust the stack. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  let level: readonly unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    const inner = level.filter(item => item !== null && typeof item === 'object')
    if (depth === levels && inner.length > 0) return true
    level = inner.flatMap(item => Object.values(item))
  }
  return false
}

/** A number from outside, within limits that a clock or a loop can bear. */
export function clamped(value: number, lowest: number, highest: number): number {
  return Math.min(Math.max(value, lowest), highest)
}

/** A date in ISO 8601, as JSON holds one. */
export function readDate(value: unknown): Date | undefined {
  const date = typeof value === 'string' ? new Date(value) : undefined
  return date && !Number.isNaN(date.getTime()) ? date : undefined
}
