import {SSOClient} from '@aws-sdk/client-sso'
import {SSOOIDCClient} from '@aws-sdk/client-sso-oidc'
import {type HttpRequest, HttpResponse} from '@smithy/core/protocols'
import type {Host} from '../plugin.ts'
import type {Place} from './place.ts'

/** The two services of an instance, as clients of AWS's SDK that reach the network through the host alone. */
export interface Services {
  readonly oidc: SSOOIDCClient
  readonly portal: SSOClient
  /** Where the user's browser begins. */
  readonly authorize: URL
}

/** Nothing comes from the environment or the files of the AWS tools: each setting that the SDK would look for is given. */
export function servicesAt(place: Place, host: Pick<Host, 'fetch' | 'signal'>): Services {
  const {region, useDualstackEndpoint, useFipsEndpoint, endpoints} = place
  const usual = {
    region,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    requestHandler: new HostHandler(host),
    // Our own pacing repeats a request: the SDK's shares one budget among all, which runs dry.
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    authSchemePreference: async () => ['noAuth'],
    userAgentAppId: async () => undefined,
  } as const
  const where = {Region: region, UseDualStack: useDualstackEndpoint, UseFIPS: useFipsEndpoint}
  // A client without an endpoint would look for one in the files; it is asked for its rules only.
  const ruled = {...usual, endpoint: 'https://localhost'}
  const oidcAddress = endpoints.oidc ?? new SSOOIDCClient(ruled).config.endpointProvider(where).url.href
  const portalAddress = endpoints.portal ?? new SSOClient(ruled).config.endpointProvider(where).url.href
  return {
    oidc: new SSOOIDCClient({...usual, endpoint: oidcAddress}),
    portal: new SSOClient({...usual, endpoint: portalAddress}),
    authorize: new URL(`${oidcAddress.replace(/\/$/, '')}/authorize`),
  }
}

/** Sends requests of the SDK by the host's `fetch`, so that its proxy, certificates and limits hold. */
class HostHandler {
  readonly metadata = {handlerProtocol: 'http/1.1'}
  readonly #host: Pick<Host, 'fetch' | 'signal'>

  constructor(host: Pick<Host, 'fetch' | 'signal'>) {
    this.#host = host
  }

  async handle(request: HttpRequest): Promise<{response: HttpResponse}> {
    const {fetch, signal} = this.#host
    const {method, headers, body} = request
    const {host: _, 'content-length': _length, ...sent} = headers
    const response = await fetch(addressOf(request), {
      ...{method, headers: sent, body: body ?? null},
      // A renewal that is under way is carried out anyway: without its answer the sign-in would be lost.
      ...(method === 'GET' && {signal}),
    })
    const content = new Uint8Array(await response.arrayBuffer())
    return {
      response: new HttpResponse({
        statusCode: response.status,
        headers: Object.fromEntries(response.headers),
        body: content,
      }),
    }
  }

  destroy(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {}
  }

  updateHttpClientConfig(): void {}
}

function addressOf({protocol, hostname, port, path, query}: HttpRequest): URL {
  const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`)
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) if (one !== null && one !== undefined) url.searchParams.append(name, one)
  }
  return url
}
