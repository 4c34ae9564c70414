import {AwsOidcError, printable} from '../errors.ts'
import {isSafeAddress} from '../http/loopback-address.ts'

/** Where AWS STS is reached, and the region requests to it are signed for. */
export interface StsEndpoint {
  readonly url: URL
  readonly region: string
  /** Whether it is AWS's own, which checks what an emulator may not. */
  readonly aws: boolean
}

export interface StsExpectations {
  readonly region?: string | undefined
  readonly endpoint?: URL | undefined
  readonly fips?: boolean | undefined
  readonly dualstack?: boolean | undefined
}

interface Partition {
  readonly suffix: string
  readonly dualstackSuffix: string
  /** Where its STS is asked when nobody says otherwise. */
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
 * The STS for roles of a partition. AWS_ENDPOINT_URL_STS wins over the configuration; AWS_ENDPOINT_URL is not obeyed,
 * because people set it for an emulator of another service, which would be handed the ID token. A region of another
 * partition is passed over: its STS does not know the role. Throws CONFIG_INVALID for an address that is not safe.
 */
export function stsEndpoint(
  partitionName: string,
  requests: StsExpectations,
  env: Readonly<Record<string, string | undefined>>,
): StsEndpoint {
  const home = partitions.get(partitionName) ?? commercial
  const wanted = checkRegion(requests.region || env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined)
  const region = wanted && home.regions.test(wanted) ? wanted : home.region
  const named = env.AWS_ENDPOINT_URL_STS
  const custom = named ? safeEndpoint('AWS_ENDPOINT_URL_STS', named, 'ID token') : requests.endpoint
  if (!custom) return {url: new URL(`https://${awsHost(home, region, requests)}`), region, aws: true}
  if (requests.fips || requests.dualstack) {
    throw new AwsOidcError(
      'CONFIG_INVALID',
      '"sts.fips" and "sts.dualstack" choose among AWS\'s own addresses; there is an STS endpoint set.',
      {
        hint: 'unset AWS_ENDPOINT_URL_STS, or remove sts.endpoint, sts.fips and sts.dualstack',
      },
    )
  }
  return {url: custom, region, aws: isAwsHost(custom.hostname)}
}

/** The region where it is one of that partition: elsewhere its credentials are worth nothing. */
export function regionIn(partitionName: string, region: string | undefined): string | undefined {
  const wanted = checkRegion(region)
  return wanted !== undefined && (partitions.get(partitionName) ?? commercial).regions.test(wanted) ? wanted : undefined
}

/** The same for a region that somebody insists on. Throws USAGE for one of another partition. */
export function demandedRegion(partitionName: string, region: string): string {
  const wanted = regionIn(partitionName, region)
  if (wanted !== undefined) return wanted
  throw new AwsOidcError(
    'USAGE',
    `--region: "${region}" is no region of the partition ${partitionName} of this role.`,
    {
      hint: `--region ${homeRegion(partitionName)}`,
    },
  )
}

/** The region whose services answer for the whole of a partition. */
export function homeRegion(partitionName: string): string {
  return (partitions.get(partitionName) ?? commercial).region
}

/** The region becomes a part of the host that is handed the ID token: nothing but a region's name may stand there. */
function checkRegion(region: string | undefined): string | undefined {
  if (region === undefined || isRegion(region)) return region === 'aws-global' ? undefined : region
  throw new AwsOidcError('CONFIG_INVALID', `"${printable(region, 60)}" is not the name of an AWS region.`, {
    hint: 'Check AWS_REGION, AWS_DEFAULT_REGION, and "region" of the profile; one is us-east-1.',
  })
}

/** Whether it has the form of a region's name. */
export function isRegion(text: string): boolean {
  return /^[a-z]{2,}(-[a-z0-9]+)+$/.test(text)
}

function awsHost(home: Partition, region: string, {fips, dualstack}: StsExpectations): string {
  // GovCloud's ordinary endpoint is the FIPS one.
  const service = fips && !(region.startsWith('us-gov-') && !dualstack) ? 'sts-fips' : 'sts'
  return `${service}.${region}.${dualstack ? home.dualstackSuffix : home.suffix}`
}

// What stands before the suffix: service and region, or an interface endpoint in somebody's own network (PrivateLink).
const stsName = /^(sts(-fips)?(\.[a-z0-9-]+)?|vpce-[a-z0-9-]+\.sts(-fips)?\.[a-z0-9-]+\.vpce)\.$/

function isAwsHost(hostname: string): boolean {
  const suffixes = [commercial, ...partitions.values()].flatMap(({suffix, dualstackSuffix}) => [
    suffix,
    dualstackSuffix,
  ])
  return suffixes.some(suffix => hostname.endsWith(suffix) && stsName.test(hostname.slice(0, -suffix.length)))
}

/** An address from a variable that is handed secrets. Throws CONFIG_INVALID where it is neither https nor on this machine. */
export function safeEndpoint(variable: string, text: string, handed: string): URL {
  const url = URL.parse(text)
  if (url && isSafeAddress(url)) return url
  const problem = url
    ? `it would be handed your ${handed}, and is neither https nor on this machine`
    : 'it is not an address'
  throw new AwsOidcError('CONFIG_INVALID', `${variable} is refused: ${problem}.`, {hint: `unset ${variable}`})
}
