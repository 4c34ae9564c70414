import {readRole} from '../aws/role.ts'
import {markKey} from '../aws-config/own-profile.ts'
import {regionOf} from '../config/profile-region.ts'
import type {Configuration, ProfileConfiguration} from '../config/schema.ts'
import {chainOf, longestChainedSeconds} from '../credentials/plan.ts'

export type Keys = Readonly<Record<string, string>>

/** A profile as it should be in the files of the AWS tools. */
export interface WantedProfile {
  readonly name: string
  /** The arguments after our program in its `credential_process`. */
  readonly args: readonly string[]
  /** Further keys, such as `region`. */
  readonly beside: Keys
  /** The source and the keys by which the tool switches the role itself, if they can say all that is configured. */
  readonly bySource: {readonly source: string; readonly keys: Keys} | undefined
}

/**
 * The named profiles of our configuration and their sources, each after its source. With `chain: process` aws-oidc
 * switches all roles.
 */
export function configuredProfiles(
  names: readonly string[],
  chain: 'process' | 'aws',
  configuration: Configuration,
): readonly WantedProfile[] {
  const wanted = new Map<string, WantedProfile>()
  const add = (name: string) => {
    const profile = configuration.profiles[name]
    if (!profile || wanted.has(name)) return
    if (profile.source !== undefined) add(profile.source)
    wanted.set(name, wantedFrom(profile, chain, configuration))
  }
  for (const name of names) add(name)
  return [...wanted.values()]
}

function wantedFrom(
  profile: ProfileConfiguration,
  chain: 'process' | 'aws',
  configuration: Configuration,
): WantedProfile {
  const {name, output} = profile
  // AWS tools do not inherit the region of a source profile.
  const region = regionOf(profile, configuration)
  return {
    name,
    args: ['creds', '--profile', name],
    beside: {...(region !== undefined && {region}), ...(output !== undefined && {output})},
    bySource: chain === 'aws' ? switchOf(profile, configuration) : undefined,
  }
}

const plainSessionName = /^[\w+=,.@-]{2,64}$/

/** `undefined` without a source, or if the tools have no key for something that is configured. */
function switchOf(profile: ProfileConfiguration, configuration: Configuration): WantedProfile['bySource'] {
  const {name, source, role, durationSeconds, externalId, sts} = profile
  const {tags, sourceIdentity, policy, policyArns} = profile
  const ours = [tags, sourceIdentity, policy, policyArns, ...Object.values(sts)].some(value => value !== undefined)
  if (source === undefined || role === undefined || ours) return undefined
  const [sessionName, ...others] = sessionNamesOf(profile, configuration)
  // A session name that depends on the user or the provider can't be written down.
  if (others.length > 0 || (sessionName !== undefined && !plainSessionName.test(sessionName))) return undefined
  const place = () => `${configuration.locate(['profiles', name, 'role'])}: profiles.${name}.role`
  return {
    source,
    keys: {
      role_arn: readRole(role, place).arn,
      source_profile: source,
      ...(externalId !== undefined && {external_id: externalId}),
      ...(durationSeconds !== undefined && {
        duration_seconds: String(Math.min(durationSeconds, longestChainedSeconds)),
      }),
      ...(sessionName !== undefined && {role_session_name: sessionName}),
      [markKey]: name,
    },
  }
}

/** The session names that are possible when aws-oidc switches the role: the profile's, else those of its providers. */
function sessionNamesOf(profile: ProfileConfiguration, configuration: Configuration): ReadonlySet<string | undefined> {
  if (profile.sessionName !== undefined) return new Set([profile.sessionName])
  const [first] = chainOf(profile, configuration)
  return new Set(first?.providers.map(provider => configuration.providers[provider]?.sessionName))
}
