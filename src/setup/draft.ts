import {isDeepStrictEqual} from 'node:util'
import {readRole} from '../aws/role.ts'
import {secretsIn} from '../config/settings.ts'
import type {Edit} from '../config/write.ts'
import type {Dependencies} from '../credentials/dependencies.ts'
import {AwsOidcError, printable} from '../errors.ts'
import type {FederationStrategy} from '../plugin.ts'
import {checkProfileName} from '../settings/profiles.ts'
import {type DraftProfile, type Entry, profileEntry, withAnswers} from './existing.ts'
import {type Answers, entryOf, type Field, fieldsOf} from './fields.ts'

/** A provider that setup is about to add to the configuration, or to change there. */
export interface Draft {
  readonly provider: string
  /** The existing entry of that name, which the draft changes; `undefined` for a new provider. */
  readonly existing: Entry | undefined
  readonly strategy: string
  readonly fields: readonly Field[]
  readonly answers: Answers
  /** Secrets that the user typed, by the names under which the keyring will store them. */
  readonly secrets: ReadonlyMap<string, string>
}

export interface KnownStrategy {
  readonly id: string
  readonly strategy: FederationStrategy<Record<string, unknown>>
  readonly fields: readonly Field[]
}

export async function knownStrategy(id: string, {registry}: Pick<Dependencies, 'registry'>): Promise<KnownStrategy> {
  const strategy = await registry.strategy(id)
  return {id, strategy, fields: fieldsOf(strategy.settings)}
}

/** Why a provider can't have this name; `undefined` if it can. */
export function problemOfProviderName(name: string): string | undefined {
  if (/^[\w.-]+$/.test(name) && !name.startsWith('-')) return undefined
  return `"${printable(name, 60)}" is not a valid provider name: use only letters, digits, and . _ -`
}

/** Why a profile can't have this name; `undefined` if it can. */
export function problemOfProfileName(name: string): string | undefined {
  try {
    checkProfileName(name)
    return undefined
  } catch (error) {
    if (!(error instanceof AwsOidcError)) throw error
    return `${error.message} ${error.hint}`
  }
}

/** The entry of that name among the configuration's providers or profiles, as written. */
export function existingIn(
  entries: Readonly<Record<string, {readonly written: Entry}>>,
  name: string,
): Entry | undefined {
  return Object.hasOwn(entries, name) ? entries[name]?.written : undefined
}

/** Why a role can't be read, naming `where` it was given; `undefined` if it can. */
export function problemOfRole(role: string, where: string): string | undefined {
  try {
    readRole(role, where)
    return undefined
  } catch (error) {
    if (error instanceof AwsOidcError) return error.message
    throw error
  }
}

/** The edits that write a draft, and its profile if any, into the configuration. */
export function editsFor(draft: Draft, profile: DraftProfile | undefined): readonly Edit[] {
  const {provider, existing} = draft
  const kind = (was: Entry | undefined) => (was ? 'change' : 'add')
  return [
    {kind: kind(existing), list: 'providers', name: provider, entry: providerEntry(draft)},
    ...(profile
      ? [
          {
            kind: kind(profile.existing),
            list: 'profiles',
            name: profile.name,
            entry: profileEntry(provider, profile),
          } as const,
        ]
      : []),
  ]
}

/** The provider's entry as it will be written. */
export function providerEntry({strategy, fields, answers, existing}: Draft): Entry {
  return withAnswers(existing ?? {}, fields, entryOf(strategy, fields, answers))
}

/**
 * Stores the typed secrets in the keyring, then writes the draft. Rejects with CONFIG_INVALID if the entries of these
 * names have changed since the draft was made. If anything can't be written, the keyring is put back as it was.
 */
export async function saveDraft(
  draft: Draft,
  profile: DraftProfile | undefined,
  deps: Pick<Dependencies, 'editConfiguration' | 'keyring'>,
): Promise<void> {
  const keyring = secretsIn(deps.keyring)
  const earlier = new Map<string, string | undefined>()
  try {
    for (const [name, secret] of draft.secrets) {
      earlier.set(name, await keyring.get(name))
      await keyring.set(name, secret)
    }
    await deps.editConfiguration(now => {
      const same = isDeepStrictEqual(existingIn(now.providers, draft.provider), draft.existing)
      const changed = !same || (profile && !isDeepStrictEqual(existingIn(now.profiles, profile.name), profile.existing))
      if (!changed) return editsFor(draft, profile)
      throw new AwsOidcError('CONFIG_INVALID', `${now.path} has changed in the meantime; nothing was saved.`, {
        hint: 'the same command again',
      })
    })
  } catch (error) {
    // If the keyring can't be put back as it was either, the first error is the one to report.
    for (const [name, secret] of earlier) {
      await (secret === undefined ? keyring.remove(name) : keyring.set(name, secret)).catch(() => undefined)
    }
    throw error
  }
}
