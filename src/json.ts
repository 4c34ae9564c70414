/** The members of an object from outside; none where it is something else. */
export function readObject(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? {...value} : {}
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
    return {}
  }
}

/** A date in ISO 8601, as JSON holds one. */
export function readDate(value: unknown): Date | undefined {
  const date = typeof value === 'string' ? new Date(value) : undefined
  return date && !Number.isNaN(date.getTime()) ? date : undefined
}
