import {AwsOidcError} from '../errors.ts'
import type {Parts} from './parts.ts'

/** Which provider somebody means, as far as they said. */
export interface Target {
  readonly provider?: string | undefined
  readonly profile?: string | undefined
  /** The profile meant where nothing is said; it counts only if it is one of ours. */
  readonly usualProfile: string
}

/** What was said; else the usual profile if it is ours, else the only provider, else a person's choice. */
export async function chooseProvider(
  {provider, profile, usualProfile}: Target,
  command: string,
  parts: Pick<Parts, 'configuration' | 'asking' | 'ask'>,
): Promise<{readonly provider: string} | {readonly profile: string}> {
  if (provider !== undefined) return {provider}
  if (profile !== undefined) return {profile}
  const {providers, profiles} = parts.configuration
  if (Object.hasOwn(profiles, usualProfile)) return {profile: usualProfile}
  const names = Object.keys(providers)
  const [only, ...others] = names
  if (only === undefined) return {profile: usualProfile}
  if (others.length === 0) return {provider: only}
  if (parts.asking.mayRead && parts.asking.interactive) {
    const choices = names.map(name => ({label: name, value: name}))
    return {provider: await parts.ask.select('Which provider?', choices)}
  }
  throw new AwsOidcError('CONFIG_INVALID', `There are several providers: ${names.join(', ')}.`, {
    hint: `aws-oidc ${command} --provider ${only}`,
  })
}
