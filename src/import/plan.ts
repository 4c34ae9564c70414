export type Entry = Readonly<Record<string, unknown>>

/** Another tool's configuration in terms of ours. */
export interface ImportPlan {
  readonly providers: readonly PlannedProvider[]
  readonly profiles: readonly PlannedProfile[]
  /** What can't be taken over, with the reason. */
  readonly left: readonly string[]
}

export interface PlannedProvider {
  readonly name: string
  readonly entry: Entry
  readonly secret: string | undefined
}

export interface PlannedProfile {
  readonly name: string
  readonly entry: Entry
}

/** Why an entry of this name can't be added; `undefined` if it can. */
export function taken(kind: string, name: string, entries: object, path: string): string | undefined {
  return Object.hasOwn(entries, name) ? `There is already a ${kind} "${name}" in ${path}.` : undefined
}

/** An entry without what is left undefined. */
export function entryOf(members: Entry): Entry {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}
