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
  /** Whether a provider and a profile that are there may be changed without asking. */
  readonly replace: boolean
  /** The commands that are built in: no plugin may bring another of that name. */
  readonly builtIn: readonly string[]
  /** Whether it is saved only after a sign-in that worked. */
  readonly test: boolean
}

export interface SetupResult {
  readonly path: string
  readonly provider: string
  readonly profile?: string
  /** Where everything was there already. */
  readonly unchanged?: true
  /** Where the person said no: nothing was written. */
  readonly declined?: true
  /** Who signed in; absent where nobody did. */
  readonly subject?: Printable
  /** Whose credentials AWS gave. */
  readonly role?: string
  /** The file of the AWS tools into which the profile was written too. */
  readonly synced?: string
  /** How many roles the provider offers; absent where it does not say. */
  readonly offered?: number
}

/** How it ended, once it is saved. */
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

/** The name of the role without account and path. */
export function profileNameOf(role: string): string {
  return role.replace(/,.*$/, '').split('/').at(-1) ?? role
}
