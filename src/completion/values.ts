import {consoleServices} from '../aws/console-services.ts'
import type {Configuration, ProfileConfiguration} from '../config/schema.ts'
import type {Candidate} from './position.ts'

/** What values are made of. No network, no secret, no code of plugins. */
export interface Known {
  /** Rejects where there is a configuration that can't be read. */
  configuration(): Promise<Pick<Configuration, 'profiles' | 'providers'>>
  /** The ids of the strategies that are there. */
  readonly strategies: readonly string[]
  /** The names of the plugins that somebody installed. */
  readonly plugins: readonly string[]
  /** What is said by flags already. */
  readonly said: ReadonlyMap<string, string>
}

type Values = (known: Known) => Promise<readonly Candidate[]>

/**
 * Values by the name of the flag or argument that takes them, or by what a command's `completions` says for that name.
 * A name that is not here has none. `file` and `program` are the shell's own matter.
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

/** The roles that the configuration names; of one provider, where that is said. */
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

/** Of the profile that a chain begins with. */
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
