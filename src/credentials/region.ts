import type {Configuration, ProfileConfiguration} from '../config/schema.ts'

/** The region of a profile, or of the one it takes its role from. */
export function regionOf(
  {region, source}: ProfileConfiguration,
  configuration: Pick<Configuration, 'profiles'>,
): string | undefined {
  const from = source === undefined ? undefined : configuration.profiles[source]
  return region ?? (from && regionOf(from, configuration))
}
