import {AwsOidcError, printable} from '../errors.ts'
import type {ConsolePage} from './console-services.ts'
import {homeRegion, safeEndpoint} from './endpoint.ts'

/** AWS Sign-In, which signs a browser in to the console. */
export interface SignInService {
  readonly url: URL
  /** Whether this is AWS's own service, as opposed to an emulator. */
  readonly aws: boolean
}

// The suffix after `signin.` and `console.` in the host names. Those of AWS Sign-In are in
// https://github.com/boto/botocore/tree/develop/botocore/data/signin ; see docs/decisions/0020-console.md.
const suffixes: ReadonlyMap<string, string> = new Map([
  ['aws-cn', 'amazonaws.cn'],
  ['aws-us-gov', 'amazonaws-us-gov.com'],
  ['aws-eusc', 'amazonaws-eusc.eu'],
  ['aws-iso', 'c2shome.ic.gov'],
  ['aws-iso-b', 'sc2shome.sgov.gov'],
  ['aws-iso-e', 'csphome.adc-e.uk'],
  ['aws-iso-f', 'csphome.hci.ic.gov'],
])

function suffixOf(partition: string): string {
  return suffixes.get(partition) ?? 'aws.amazon.com'
}

/** AWS Sign-In of a partition, or AWS_ENDPOINT_URL_SIGNIN if set. Throws CONFIG_INVALID if that address is not safe. */
export function signInService(
  partition: string,
  region: string | undefined,
  {AWS_ENDPOINT_URL_SIGNIN: custom}: Readonly<Record<string, string | undefined>>,
): SignInService {
  if (!custom)
    return {url: new URL(`https://${region ?? homeRegion(partition)}.signin.${suffixOf(partition)}`), aws: true}
  const url = safeEndpoint('AWS_ENDPOINT_URL_SIGNIN', custom, 'credentials')
  return {url, aws: isHostOf('signin', partition, url)}
}

/**
 * The address of a service's console page, or else of the console's home page. Without a region the console chooses
 * one, as if opened without us.
 */
export function consoleAddress(
  partition: string,
  region: string | undefined,
  {path, global}: ConsolePage = {path: 'console/home'},
): URL {
  const host = global ? homeRegion(partition) : region
  const address = new URL(`https://${host === undefined ? '' : `${host}.`}console.${suffixOf(partition)}/${path}`)
  if (!global && region !== undefined) address.searchParams.set('region', region)
  return address
}

/** Reads `--destination`. Throws USAGE for an address outside the console, to which the sign-in would redirect. */
export function readDestination(text: string, partition: string): URL {
  const address = URL.parse(text)
  const bare = address && !address.username && !address.password && !address.port
  if (address?.protocol === 'https:' && bare && isHostOf('console', partition, address)) return address
  throw new AwsOidcError(
    'USAGE',
    `--destination: "${printable(text, 100)}" is not an address of the console in the partition ${partition}.`,
    {hint: `--destination https://console.${suffixOf(partition)}/...`},
  )
}

function isHostOf(what: 'signin' | 'console', partition: string, {hostname}: URL): boolean {
  const home = `${what}.${suffixOf(partition)}`
  return hostname === home || hostname.endsWith(`.${home}`)
}
