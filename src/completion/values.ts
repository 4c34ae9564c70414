import {consoleServices} from '../aws/console-services.ts'
import type {Configuration, ProfileConfiguration} from '../config/schema.ts'
import type {Candidate} from './position.ts'

/** The sources of values. No network, no secrets, no plugin code. */
export interface Known {
  /** Rejects if the configuration can't be read. */
  configuration(): Promise<Pick<Configuration, 'profiles' | 'providers'>>
  /** The ids of the available strategies. */
  readonly strategies: readonly string[]
  /** The names of the installed plugins. */
  readonly plugins: readonly string[]
  /** The values of the flags so far. */
  readonly said: ReadonlyMap<string, string>
}

type Values = (known: Known) => Promise<readonly Candidate[]>

/**
 * Values by the name of the flag or argument, or by the kind that the command's `completions` gives that name. Other
 * names have no values. The shell itself handles `file` and `program`.
 */
export const values: ReadonlyMap<string, Values> = new Map<string, Values>([
  ['profile', profiles],
  ['source', profiles],
  ['provider', providers],
  ['role', roles],
  ['region', regions],
  ['strategy', async ({strategies}) => named(strategies)],
  ['service', async () => named([...consoleServices.keys()])],
  ['plugin', async ({plugins}) => named(plugins)],
])

async function profiles({configuration}: Known): Promise<readonly Candidate[]> {
  const found = Object.values((await configuration()).profiles)
  return found.map(profile => ({value: profile.name, description: profile.role ?? origin(profile)}))
}

function origin({providers, source}: ProfileConfiguration): string {
  return source === undefined ? providers.join(', ') : `profile ${source}`
}

async function providers({configuration}: Known): Promise<readonly Candidate[]> {
  const found = Object.values((await configuration()).providers)
  return found.map(({name, strategy}) => ({value: name, description: strategy}))
}

/** The roles in the configuration; only those of one provider, if that is given. */
async function roles({configuration, said}: Known): Promise<readonly Candidate[]> {
  const {profiles, providers} = await configuration()
  const provider = said.get('provider')
  const isWanted = (names: readonly string[]) => provider === undefined || names.includes(provider)
  const found = new Map<string, string>()
  for (const profile of Object.values(profiles)) {
    if (profile.role !== undefined && isWanted(providersOf(profile, profiles))) found.set(profile.role, profile.name)
  }
  for (const {name, defaultRole} of Object.values(providers)) {
    if (defaultRole !== undefined && isWanted([name]) && !found.has(defaultRole)) found.set(defaultRole, name)
  }
  return [...found].map(([value, description]) => ({value, description}))
}

/** The providers at the start of a profile's source chain. */
function providersOf(profile: ProfileConfiguration, all: Configuration['profiles']): readonly string[] {
  const source = profile.source === undefined ? undefined : all[profile.source]
  return source ? providersOf(source, all) : profile.providers
}

async function regions({configuration}: Known): Promise<readonly Candidate[]> {
  const found = Object.values((await configuration()).profiles).flatMap(({region}) => region ?? [])
  return named([...new Set(found)])
}

function named(names: readonly string[]): readonly Candidate[] {
  return names.map(value => ({value, description: ''}))
}
