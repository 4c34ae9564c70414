/** An object without a prototype, for names from outside: even "toString" is absent unless it was added. */
export function named<Value>(entries: Iterable<readonly [string, Value]>): Record<string, Value> {
  const object: Record<string, Value> = Object.create(null)
  for (const [name, value] of entries) object[name] = value
  return object
}

/** The object's own member of a name from outside; ignores inherited ones such as "toString". */
export function memberOf<Value>(object: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** The members of an object from outside; empty for anything else. */
export function readObject(value: unknown): Readonly<Record<string, unknown>> {
  return named(value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [])
}

/** The strings in a list from outside, without its other items; empty for anything else. */
export function readTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
}

/** The members of the JSON object in `text`; empty for anything else, including invalid JSON. */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return readObject(JSON.parse(text))
  } catch {
    return readObject(undefined)
  }
}

/** Whether objects and lists nest more than `levels` deep: recursing into such a value could exhaust the stack. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  let level: readonly unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    const inner = level.filter(item => item !== null && typeof item === 'object')
    if (depth === levels && inner.length > 0) return true
    level = inner.flatMap(item => Object.values(item))
  }
  return false
}

/** A number from outside, limited to what a clock or a loop can handle. */
export function clamped(value: number, lowest: number, highest: number): number {
  return Math.min(Math.max(value, lowest), highest)
}

/** A date from an ISO 8601 string, as in JSON; `undefined` for anything else. */
export function readDate(value: unknown): Date | undefined {
  const date = typeof value === 'string' ? new Date(value) : undefined
  return date && !Number.isNaN(date.getTime()) ? date : undefined
}
