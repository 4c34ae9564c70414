import type {Dependencies} from '../credentials/dependencies.ts'
import {type Printable, shownName} from '../text/printable.ts'
import type {Draft} from './draft.ts'
import type {DraftProfile} from './existing.ts'
import type {Trial} from './trial.ts'

export interface SetupRequest {
  readonly provider: string | undefined
  readonly strategy: string | undefined
  /** Settings of the provider: `name=value`. */
  readonly set: readonly string[]
  readonly profile: string | undefined
  readonly role: string | undefined
  readonly region: string | undefined
  /** Whether nothing is asked on the terminal. */
  readonly yes: boolean
  /** Whether an existing provider and profile may be changed without asking. */
  readonly replace: boolean
  /** The ids of the built-in commands: no plugin may bring another command of that name. */
  readonly builtIn: readonly string[]
  /** Whether to save only after a successful sign-in. */
  readonly test: boolean
}

export interface SetupResult {
  readonly path: string
  readonly provider: string
  readonly profile?: string
  /** Set if the configuration had all of it already. */
  readonly unchanged?: true
  /** Set if the user said no: nothing was written. */
  readonly declined?: true
  /** The user who signed in, as the provider names them; absent without a sign-in or a name. */
  readonly subject?: Printable
  /** The role that AWS gave credentials of. */
  readonly role?: string
  /** The AWS config file to which the profile was written as well. */
  readonly synced?: string
  /** How many roles the provider offers; absent if it does not say. */
  readonly offered?: number
}

/** What setup reports of a draft and its profile, and of the trial sign-in if there was one. */
export function resultOf(
  {provider}: Draft,
  profile: DraftProfile | undefined,
  trial: Trial | undefined,
  {configuration}: Pick<Dependencies, 'configuration'>,
): SetupResult {
  const subject = shownName(trial?.signedIn.identity.subject)
  return {
    path: configuration.path,
    provider,
    ...(profile && {profile: profile.name}),
    ...(subject !== undefined && {subject}),
    ...(trial?.roles && {offered: trial.roles.length}),
  }
}

/** The usual name of a role's profile: the role's name without account and path. */
export function profileNameOf(role: string): string {
  return role.replace(/,.*$/, '').split('/').at(-1) ?? role
}
