import type {Host} from '../plugin.ts'
import {readStartUrl, regionIn, type StartUrl} from './start-url.ts'

export interface PortalSettings {
  readonly startUrl: URL
  readonly region?: string
  readonly scopes?: readonly string[]
}

/** An instance of IAM Identity Center, and how its services are reached. */
export interface Place {
  readonly start: StartUrl
  readonly region: string
  readonly useDualstackEndpoint: boolean
  readonly useFipsEndpoint: boolean
  /** In place of AWS's own addresses. */
  readonly endpoints: {readonly oidc?: string; readonly portal?: string}
}

type Reach = Pick<Host, 'env' | 'fetch' | 'error' | 'signal' | 'memory' | 'now'>

const regionForm = /^[a-z]{2,}(-[a-z]+)+-\d$/
const regionName = 'region'
/** An instance never moves, but its page may be mistaken. */
const regionMilliseconds = 30 * 24 * 3_600_000

/** Rejects with CONFIG_INVALID where the region is not known, or an endpoint of the environment can't be used. */
export async function placeOf(settings: PortalSettings, host: Reach): Promise<Place> {
  const start = readStartUrl(settings.startUrl)
  const {AWS_ENDPOINT_URL_SSO_OIDC: oidc, AWS_ENDPOINT_URL_SSO: portal, AWS_USE_FIPS_ENDPOINT: fips} = host.env
  return {
    start,
    region: await regionOf(settings, start, host),
    useDualstackEndpoint: start.isDualStack,
    useFipsEndpoint: fips?.toLowerCase() === 'true',
    endpoints: {
      ...(oidc && {oidc: endpointIn(oidc, 'AWS_ENDPOINT_URL_SSO_OIDC', host)}),
      ...(portal && {portal: endpointIn(portal, 'AWS_ENDPOINT_URL_SSO', host)}),
    },
  }
}

/** The name of the address comes first: a portal is in one region, whatever somebody has written. */
async function regionOf({region: said}: PortalSettings, start: StartUrl, host: Reach): Promise<string> {
  const region = start.region ?? said ?? (start.isOfAws ? await regionOnPage(start, host) : undefined)
  if (region !== undefined && regionForm.test(region)) return region
  if (region !== undefined) {
    throw host.error('CONFIG_INVALID', `"${region}" is not the name of an AWS region, such as us-east-1.`, {
      hint: 'Correct "region" of the provider.',
    })
  }
  throw host.error('CONFIG_INVALID', `The region of ${start.host} is not known.`, {
    hint: 'Set "region" of the provider to the region of IAM Identity Center, as in "region: eu-central-1".',
  })
}

async function regionOnPage({text}: StartUrl, {fetch, signal, memory, now}: Reach): Promise<string | undefined> {
  const remembered = await memory.get(regionName)
  if (remembered !== undefined) return remembered
  try {
    // Wherever AWS's host might lead, nobody else is believed.
    const response = await fetch(text, {signal, headers: {accept: 'text/html'}, redirect: 'error'})
    const region = response.ok ? regionIn(await response.text()) : undefined
    if (region !== undefined) await memory.set(regionName, region, new Date(now().getTime() + regionMilliseconds))
    return region
  } catch (error) {
    signal.throwIfAborted()
    // Whoever has no network finds that out from the services themselves, once the region is written down.
    if (error instanceof Error) return undefined
    throw error
  }
}

/** Such an address gets the user's tokens: it must be https, or on this machine. */
function endpointIn(text: string, name: string, {error}: Pick<Host, 'error'>): string {
  const url = URL.parse(text)
  const isLoopback = url && (['localhost', '[::1]'].includes(url.hostname) || /^127(\.\d{1,3}){3}$/.test(url.hostname))
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback)) return text
  throw error('CONFIG_INVALID', `${name} is "${text}", which is neither https nor on this machine.`, {
    hint: `unset ${name}`,
  })
}
