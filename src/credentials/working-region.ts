import {demandedRegion, isRegion, regionIn} from '../aws/endpoint.ts'
import {partitionOf} from '../aws/role.ts'
import {type FileKind, propertiesIn, readSharedFile} from '../aws-config/read.ts'
import {regionOf} from '../config/profile-region.ts'
import {expectedFailure} from '../errors.ts'
import {type Assignments, chosenRegion, regionAssignments} from '../formats/variables.ts'
import type {AwsConfiguration} from '../outside/aws-configuration.ts'
import {type CredentialsRequest, credentialsFor} from './credentials.ts'
import type {CredentialsDependencies, Dependencies} from './dependencies.ts'
import type {Issued} from './issued.ts'

interface RegionRequest {
  /** Given with a flag. */
  readonly region?: string | undefined
  readonly profile?: string | undefined
}

/**
 * The region to work in with these credentials; `undefined` if none is chosen. A region outside the role's partition is
 * skipped, but rejects with USAGE if it was given with a flag.
 */
export async function workingRegion(
  {region, profile}: RegionRequest,
  {role}: Pick<Issued, 'role'>,
  deps: Pick<Dependencies, 'configuration' | 'env' | 'awsConfiguration' | 'log'>,
): Promise<string | undefined> {
  const partition = partitionOf(role)
  if (region !== undefined) return demandedRegion(partition, region)
  const {configuration, env} = deps
  const own = profile === undefined ? undefined : configuration.profiles[profile]
  return (
    regionIn(partition, chosenRegion(env)) ??
    regionIn(partition, own && regionOf(own, configuration)) ??
    regionIn(partition, await regionOfAwsTools(profile, deps))
  )
}

/** Credentials for a shell, and how to set its region variables. */
export async function credentialsForShell(
  request: CredentialsRequest,
  deps: CredentialsDependencies & Pick<Dependencies, 'awsConfiguration'>,
): Promise<Issued & {readonly region: Assignments}> {
  const issued = await credentialsFor(request, deps)
  const profile = request.provider === undefined ? request.profile : undefined
  const region = await workingRegion({profile}, issued, deps)
  return {...issued, region: regionAssignments(region, deps.env)}
}

/** The region that the AWS tools' files give for the profile, or else for "default". */
async function regionOfAwsTools(
  profile: string | undefined,
  {awsConfiguration, log}: Pick<Dependencies, 'awsConfiguration' | 'log'>,
): Promise<string | undefined> {
  const aws = await awsConfiguration()
  try {
    // All AWS tools prefer the credentials file.
    const files = [await profilesIn('credentials', aws), await profilesIn('config', aws)]
    const names = profile === undefined ? ['default'] : [profile, 'default']
    const found = names.flatMap(name => files.map(file => file?.get(name)?.get('region')))
    return found.find(region => region !== undefined && isRegion(region))
  } catch (error) {
    const failure = expectedFailure(error)
    if (!failure) throw error
    // The AWS tools can't read it either, and say so.
    log.debug(`no region from the AWS tools: ${failure.message}`)
    return undefined
  }
}

async function profilesIn(kind: FileKind, {places, files}: AwsConfiguration) {
  const path = places?.[kind]
  const text = path === undefined ? undefined : await files.read(path)
  return path === undefined || text === undefined ? undefined : propertiesIn(readSharedFile(path, kind, text))
}
