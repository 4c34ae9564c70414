import type {Configuration, ProfileConfiguration} from './schema.ts'

/** A profile's region, or else the region of its `source`. */
export function regionOf(
  {region, source}: ProfileConfiguration,
  configuration: Pick<Configuration, 'profiles'>,
): string | undefined {
  const from = source === undefined ? undefined : configuration.profiles[source]
  return region ?? (from && regionOf(from, configuration))
}
