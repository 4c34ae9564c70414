export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `original` with the members of `changes` replacing its own; null deletes a member. */
export function merged(original: JsonObject, changes: JsonObject): JsonObject {
  const kept = Object.entries({...original, ...changes}).filter(([name]) => changes[name] !== null)
  return Object.fromEntries(kept)
}
