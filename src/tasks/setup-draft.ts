import {readRole} from '../aws/role.ts'
import type {Configuration} from '../config/schema.ts'
import {secretsIn} from '../config/settings.ts'
import type {Edit} from '../config/write.ts'
import {AwsOidcError, printable} from '../errors.ts'
import type {FederationStrategy} from '../plugin.ts'
import type {Parts} from './parts.ts'
import {checkProfileName} from './profiles.ts'
import {type Answers, entryOf, type Field, fieldsOf} from './setup-fields.ts'

/** A provider that is not in the configuration yet. */
export interface Draft {
  readonly provider: string
  readonly strategy: string
  readonly fields: readonly Field[]
  readonly answers: Answers
  /** Secrets that were typed, by the names under which the keyring is to have them. */
  readonly secrets: ReadonlyMap<string, string>
}

/** A profile that is to come with it. */
export interface DraftProfile {
  readonly name: string
  readonly role: string | undefined
  readonly region: string | undefined
}

export interface KnownStrategy {
  readonly id: string
  readonly strategy: FederationStrategy<Record<string, unknown>>
  readonly fields: readonly Field[]
}

export async function knownStrategy(id: string, {registry}: Parts): Promise<KnownStrategy> {
  const strategy = await registry.strategy(id)
  return {id, strategy, fields: fieldsOf(strategy.settings)}
}

/** What is wrong with a name for a new provider. */
export function problemOfProviderName(name: string, {path, providers}: Configuration): string | undefined {
  if (!/^[\w.-]+$/.test(name) || name.startsWith('-')) {
    return `"${printable(name, 60)}" is not a name for a provider: letters, digits, and the signs . _ - make one.`
  }
  return Object.hasOwn(providers, name) ? `There is already a provider "${name}" in ${path}.` : undefined
}

/** What is wrong with a name for a new profile. */
export function problemOfProfileName(name: string, {path, profiles}: Configuration): string | undefined {
  try {
    checkProfileName(name)
  } catch (error) {
    if (!(error instanceof AwsOidcError)) throw error
    return `${error.message} ${error.hint}`
  }
  return Object.hasOwn(profiles, name) ? `There is already a profile "${name}" in ${path}.` : undefined
}

/** What is wrong with a role. */
export function problemOfRole(role: string, where: string): string | undefined {
  try {
    readRole(role, where)
    return undefined
  } catch (error) {
    if (error instanceof AwsOidcError) return error.message
    throw error
  }
}

/** What is to be written into the configuration. */
export function editsFor(
  {provider, strategy, fields, answers}: Draft,
  profile: DraftProfile | undefined,
): readonly Edit[] {
  const entry = entryOf(strategy, fields, answers)
  const edits: Edit[] = [{kind: 'add', list: 'providers', name: provider, entry}]
  if (profile) {
    const {name, role, region} = profile
    const entry = {provider, ...(role !== undefined && {role}), ...(region !== undefined && {region})}
    edits.push({kind: 'add', list: 'profiles', name, entry})
  }
  return edits
}

/** Writes it, looking once more whether the names are still free; typed secrets go into the keyring before. */
export async function saveDraft(draft: Draft, profile: DraftProfile | undefined, parts: Parts): Promise<void> {
  const keyring = secretsIn(parts.keyring)
  for (const [name, secret] of draft.secrets) await keyring.set(name, secret)
  try {
    await parts.editConfiguration(now => {
      const problem = problemOfProviderName(draft.provider, now) ?? (profile && problemOfProfileName(profile.name, now))
      if (problem !== undefined) throw new AwsOidcError('CONFIG_INVALID', problem, {hint: 'another name'})
      return editsFor(draft, profile)
    })
  } catch (error) {
    // Nothing refers to them; a keyring that fails now has nothing to add to the reason.
    for (const name of draft.secrets.keys()) await keyring.remove(name).catch(() => undefined)
    throw error
  }
}
