import type {Configuration} from '../config/schema.ts'
import {AwsOidcError} from '../errors.ts'
import type {Dependencies} from './dependencies.ts'

/** The provider or profile that the user means, as far as they said. */
export interface Target {
  readonly provider?: string | undefined
  readonly profile?: string | undefined
  /** The profile that environment variables name; it counts only if it is one of ours. */
  readonly usualProfile: string | undefined
}

/**
 * The profile that the user means: the one named, else "default", else the only one. Throws CONFIG_INVALID if there are
 * several. `creds` uses "default" instead, as the fast path does without reading the configuration: what a program gets
 * must not change when a second profile is added.
 */
export function intendedProfile(said: string | undefined, {profiles, path}: Configuration): string {
  const name = usualOf(said, profiles)
  const names = Object.keys(profiles)
  const [first, ...others] = names
  if (name !== undefined || first === undefined) return name ?? usual
  throw new AwsOidcError(
    'CONFIG_INVALID',
    `No profile is named, and ${path} has ${others.length + 1}: ${listed(names)}.`,
    {
      hint: `--profile ${first}`,
    },
  )
}

const usual = 'default'
const mostNames = 10

function listed(names: readonly string[]): string {
  const more = names.length - mostNames
  return names.slice(0, mostNames).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function usualOf(said: string | undefined, profiles: Configuration['profiles']): string | undefined {
  if (said !== undefined) return said
  if (Object.hasOwn(profiles, usual)) return usual
  const [only, ...others] = Object.keys(profiles)
  return others.length === 0 ? only : undefined
}

/** The provider or profile named; else the usual profile if it is ours, the only provider, or the user's choice. */
export async function chooseProvider(
  {provider, profile, usualProfile}: Target,
  command: string,
  deps: Pick<Dependencies, 'configuration' | 'asking' | 'ask'>,
): Promise<{readonly provider: string} | {readonly profile: string}> {
  if (provider !== undefined) return {provider}
  if (profile !== undefined) return {profile}
  const {providers, profiles} = deps.configuration
  const meant = usualOf(usualProfile, profiles)
  if (meant !== undefined && Object.hasOwn(profiles, meant)) return {profile: meant}
  const names = Object.keys(providers)
  const [only, ...others] = names
  if (only === undefined) return {profile: meant ?? usual}
  if (others.length === 0) return {provider: only}
  if (deps.asking.mayRead && deps.asking.interactive) {
    const choices = names.map(name => ({label: name, value: name}))
    return {provider: await deps.ask.select('Which provider?', choices)}
  }
  throw new AwsOidcError('CONFIG_INVALID', `There are several providers: ${listed(names)}.`, {
    hint: `aws-oidc ${command} --provider ${only}`,
  })
}
