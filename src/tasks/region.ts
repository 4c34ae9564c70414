import {regionIn} from '../aws/endpoint.ts'
import {partitionOf} from '../aws/role.ts'
import type {Configuration, ProfileConfiguration} from '../config/schema.ts'
import type {Issued} from './issued.ts'
import type {Parts} from './parts.ts'

/** The region of a profile, or of the one it takes its role from. */
export function regionOf(
  {region, source}: ProfileConfiguration,
  configuration: Pick<Configuration, 'profiles'>,
): string | undefined {
  const from = source === undefined ? undefined : configuration.profiles[source]
  return region ?? (from && regionOf(from, configuration))
}

/** Where somebody works who has these credentials. Throws USAGE for a region, said with a flag, where they are not valid. */
export function workingRegion(
  {region, profile}: {readonly region: string | undefined; readonly profile?: string | undefined},
  {role}: Pick<Issued, 'role'>,
  {configuration, env}: Pick<Parts, 'configuration' | 'env'>,
): string {
  const own = profile === undefined ? undefined : configuration.profiles[profile]
  const usual = env.AWS_REGION || env.AWS_DEFAULT_REGION || (own && regionOf(own, configuration))
  return regionIn(partitionOf(role), {demanded: region, usual})
}
