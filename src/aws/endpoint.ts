import {AwsOidcError, printable} from '../errors.ts'
import {isSafeAddress} from '../http/loopback-address.ts'

/** The address of AWS STS, and the region that requests are signed for. */
export interface StsEndpoint {
  readonly url: URL
  readonly region: string
  /** Whether this is AWS's own STS, which is stricter than an emulator may be. */
  readonly aws: boolean
}

export interface StsSettings {
  readonly region?: string | undefined
  readonly endpoint?: URL | undefined
  readonly fips?: boolean | undefined
  readonly dualstack?: boolean | undefined
}

interface Partition {
  readonly suffix: string
  readonly dualstackSuffix: string
  /** The default region. */
  readonly region: string
  readonly regions: RegExp
}

// https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json
const partitions: ReadonlyMap<string, Partition> = new Map([
  ['aws-cn', partition('amazonaws.com.cn', 'api.amazonwebservices.com.cn', 'cn-northwest-1', /^cn-/)],
  ['aws-us-gov', partition('amazonaws.com', 'api.aws', 'us-gov-west-1', /^us-gov-/)],
  ['aws-eusc', partition('amazonaws.eu', 'api.amazonwebservices.eu', 'eusc-de-east-1', /^eusc-/)],
  ['aws-iso', partition('c2s.ic.gov', 'api.aws.ic.gov', 'us-iso-east-1', /^us-iso-/)],
  ['aws-iso-b', partition('sc2s.sgov.gov', 'api.aws.scloud', 'us-isob-east-1', /^us-isob-/)],
  ['aws-iso-e', partition('cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk', 'eu-isoe-west-1', /^eu-isoe-/)],
  ['aws-iso-f', partition('csp.hci.ic.gov', 'api.aws.hci.ic.gov', 'us-isof-south-1', /^us-isof-/)],
])
const commercial = partition('amazonaws.com', 'api.aws', 'us-east-1', /^(?!cn-|us-gov-|eusc-|us-iso|eu-iso)[a-z]{2,}-/)

function partition(suffix: string, dualstackSuffix: string, region: string, regions: RegExp): Partition {
  return {suffix, dualstackSuffix, region, regions}
}

/**
 * The STS for roles of a partition. AWS_ENDPOINT_URL_STS wins over the configuration. Ignores AWS_ENDPOINT_URL, which
 * users set for emulators of other services: such an emulator would receive the ID token. Ignores a region of another
 * partition, whose STS does not know the role. Throws CONFIG_INVALID for an unsafe address.
 */
export function stsEndpoint(
  partitionName: string,
  settings: StsSettings,
  env: Readonly<Record<string, string | undefined>>,
): StsEndpoint {
  const home = partitions.get(partitionName) ?? commercial
  const wanted = checkRegion(settings.region || env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined)
  const region = wanted && home.regions.test(wanted) ? wanted : home.region
  const named = env.AWS_ENDPOINT_URL_STS
  const custom = named ? safeEndpoint('AWS_ENDPOINT_URL_STS', named, 'ID token') : settings.endpoint
  if (!custom) return {url: new URL(`https://${awsHost(home, region, settings)}`), region, aws: true}
  if (settings.fips || settings.dualstack) {
    throw new AwsOidcError(
      'CONFIG_INVALID',
      '"sts.fips" and "sts.dualstack" choose among AWS\'s own addresses, but another STS endpoint is set.',
      {
        hint: 'unset AWS_ENDPOINT_URL_STS, or remove sts.endpoint, sts.fips and sts.dualstack',
      },
    )
  }
  return {url: custom, region, aws: isAwsHost(custom.hostname)}
}

/** The region if it belongs to the partition, else `undefined`: credentials are worthless outside their partition. */
export function regionIn(partitionName: string, region: string | undefined): string | undefined {
  const wanted = checkRegion(region)
  return wanted !== undefined && (partitions.get(partitionName) ?? commercial).regions.test(wanted) ? wanted : undefined
}

/** Like {@link regionIn} for `--region`, but throws USAGE for a region of another partition. */
export function demandedRegion(partitionName: string, region: string): string {
  const wanted = regionIn(partitionName, region)
  if (wanted !== undefined) return wanted
  throw new AwsOidcError('USAGE', `--region: "${region}" is not a region of this role's partition, ${partitionName}.`, {
    hint: `--region ${homeRegion(partitionName)}`,
  })
}

/** The partition's default region, which hosts its global services. */
export function homeRegion(partitionName: string): string {
  return (partitions.get(partitionName) ?? commercial).region
}

/** The region becomes part of the host that receives the ID token, so it must be nothing but a region's name. */
function checkRegion(region: string | undefined): string | undefined {
  if (region === undefined || isRegion(region)) return region === 'aws-global' ? undefined : region
  throw new AwsOidcError('CONFIG_INVALID', `"${printable(region, 60)}" is not the name of an AWS region.`, {
    hint: 'Check AWS_REGION, AWS_DEFAULT_REGION, and "region" of the profile; an example is us-east-1.',
  })
}

/** Whether the text has the form of a region's name. */
export function isRegion(text: string): boolean {
  return /^[a-z]{2,}(-[a-z0-9]+)+$/.test(text)
}

function awsHost(home: Partition, region: string, {fips, dualstack}: StsSettings): string {
  // GovCloud's ordinary endpoint is the FIPS one.
  const service = fips && !(region.startsWith('us-gov-') && !dualstack) ? 'sts-fips' : 'sts'
  return `${service}.${region}.${dualstack ? home.dualstackSuffix : home.suffix}`
}

// The part before the suffix: service and region, or an interface endpoint in a private network (PrivateLink).
const stsName = /^(sts(-fips)?(\.[a-z0-9-]+)?|vpce-[a-z0-9-]+\.sts(-fips)?\.[a-z0-9-]+\.vpce)\.$/

function isAwsHost(hostname: string): boolean {
  const suffixes = [commercial, ...partitions.values()].flatMap(({suffix, dualstackSuffix}) => [
    suffix,
    dualstackSuffix,
  ])
  return suffixes.some(suffix => hostname.endsWith(suffix) && stsName.test(hostname.slice(0, -suffix.length)))
}

/** An address from a variable, to be sent secrets. Throws CONFIG_INVALID if it is neither https nor on this machine. */
export function safeEndpoint(variable: string, text: string, handed: string): URL {
  const url = URL.parse(text)
  if (url && isSafeAddress(url)) return url
  const problem = url
    ? `it would receive your ${handed}, but is neither https nor on this machine`
    : 'it is not an address'
  throw new AwsOidcError('CONFIG_INVALID', `${variable} is refused: ${problem}.`, {hint: `unset ${variable}`})
}
