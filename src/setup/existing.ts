import {isDeepStrictEqual} from 'node:util'
import {hostSettings} from '../config/provider.ts'
import type {Configuration} from '../config/schema.ts'
import {readSetting} from '../config/settings.ts'
import {expectedFailure} from '../errors.ts'
import {readObject} from '../text/json.ts'
import type {Answers, Field, Specs} from './fields.ts'

/** A provider or a profile as it stands in the configuration. */
export type Entry = Readonly<Record<string, unknown>>

/** An existing entry as answers to the questions of its strategy. Unusable values are reported and left out. */
export function answersIn(
  entry: Entry,
  strategy: {readonly id: string; readonly specs: Specs; readonly fields: readonly Field[]},
  tell: (text: string) => void,
): Answers {
  const own = new Set(Object.keys(strategy.specs))
  const answers = new Map<string, unknown>()
  for (const {name, spec} of strategy.fields) {
    const [outer = name, inner] = name.split('.')
    const value = inner === undefined ? entry[outer] : readObject(entry[outer])[inner]
    if (value === undefined || (own.has(name) && entry.strategy !== strategy.id)) continue
    // A secret in plain text is never accepted, and must not be shown; only references to secrets are taken.
    if (spec.secret && typeof value !== 'object') continue
    try {
      if (own.has(name) && !spec.secret) readSetting(name, value, spec, 'The configuration')
      answers.set(name, value)
    } catch (error) {
      const failure = expectedFailure(error)
      if (!failure) throw error
      tell(failure.message)
    }
  }
  return answers
}

/** A provider's entry with new answers. Common settings that setup does not ask about stay as they were. */
export function withAnswers(existing: Entry, fields: readonly Field[], answered: Entry): Entry {
  const asked = fields.map(({name}) => name)
  const kept = Object.entries(existing).flatMap(([name, value]) => {
    if (!hostSettings.includes(name) || asked.includes(name)) return []
    const inner = asked.flatMap(field => (field.startsWith(`${name}.`) ? [field.slice(name.length + 1)] : []))
    if (inner.length === 0) return [[name, value] as const]
    const others = Object.entries(readObject(value)).filter(([member]) => !inner.includes(member))
    return others.length === 0 ? [] : [[name, Object.fromEntries(others)] as const]
  })
  const entry: Record<string, unknown> = Object.fromEntries(kept)
  for (const [name, value] of Object.entries(answered)) {
    entry[name] = asked.some(field => field.startsWith(`${name}.`))
      ? {...readObject(entry[name]), ...readObject(value)}
      : value
  }
  return entry
}

/** A profile that setup is about to add, or to change. */
export interface DraftProfile {
  readonly name: string
  /** The existing entry of that name, which the draft changes; `undefined` for a new profile. */
  readonly existing: Entry | undefined
  readonly role: string | undefined
  readonly region: string | undefined
}

/** The profile's entry as it will be written. An existing one keeps what concerns neither its source nor its role. */
export function profileEntry(provider: string, {existing, role, region}: DraftProfile): Entry {
  const gone = ['provider', 'role', 'region', 'source', 'externalId', 'tags', 'transitiveTags', 'sourceIdentity']
  const kept = Object.entries(existing ?? {}).filter(([name]) => !gone.includes(name))
  return {
    provider,
    ...(role !== undefined && {role}),
    ...(region !== undefined && {region}),
    ...Object.fromEntries(kept),
  }
}

/** The names of the settings in which two entries differ. */
export function differing(was: Entry, entry: Entry): readonly string[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(entry)])]
  return names.filter(name => !isDeepStrictEqual(was[name], entry[name]))
}

/** Why an entry can't be replaced without --replace, naming the settings that differ; `undefined` if none do. */
export function problemOfReplacing(
  kind: 'provider' | 'profile',
  name: string,
  {was, entry}: {readonly was: Entry | undefined; readonly entry: Entry},
  {path}: Configuration,
): string | undefined {
  const names = was ? differing(was, entry) : []
  if (names.length === 0) return undefined
  return `There is already a ${kind} "${name}" in ${path}, which differs in: ${names.join(', ')}. --replace changes it.`
}
