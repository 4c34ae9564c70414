import type {Element} from '@xmldom/xmldom'
import {AwsOidcError} from '../errors.ts'
import type {AwsCredentials} from '../plugin.ts'
import type {StsEndpoint} from './endpoint.ts'
import {StsError} from './sts-failure.ts'
import {elementsIn, hasDoctype, rootOf} from './xml.ts'

export interface StsTransport {
  readonly endpoint: StsEndpoint
  /** Sends a request once. Without an answer it rejects; the error has `mayPass: true` if a retry may succeed. */
  readonly fetch: typeof globalThis.fetch
  readonly now: () => Date
  readonly sleep: (milliseconds: number) => Promise<void>
  /** How many milliseconds the clock of STS is ahead of ours, as far as it is known. Signatures contain the time. */
  readonly offset: () => number
}

export type StsAction = 'AssumeRole' | 'AssumeRoleWithSAML' | 'AssumeRoleWithWebIdentity' | 'GetCallerIdentity'
/** Parameters of the query protocol, with lists as `Name.member.1`. Omits `undefined` values. */
export type StsParameters = Readonly<Record<string, string | number | undefined>>

/**
 * Sends one request in AWS's query protocol, signed if credentials are given, and returns the result element. Rejects
 * with an StsError if STS refuses or fails, with BAD_RESPONSE if the answer is not one of STS.
 */
export async function askSts(
  action: StsAction,
  parameters: StsParameters,
  deps: StsTransport,
  credentials: AwsCredentials | undefined,
): Promise<Element> {
  const endpoint = {...deps.endpoint, url: withSlash(deps.endpoint.url)}
  const body = formOf({Action: action, Version: '2011-06-15', ...parameters})
  const plain = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'aws-oidc',
  }
  const headers = credentials ? await signed(plain, body, endpoint, credentials, deps) : plain
  const response = await deps.fetch(endpoint.url, {method: 'POST', headers, body})
  const text = await response.text()
  const root = hasDoctype(text) ? undefined : rootOf(text)
  if (response.status === 200) {
    const result = root?.localName === `${action}Response` ? childOf(root, `${action}Result`) : undefined
    if (result) return result
  } else {
    const code = textAt(errorIn(root), 'Code')
    if (code) throw new StsError(code, textAt(errorIn(root), 'Message') || 'Unknown', response.status)
    if (response.status === 429 || response.status >= 500) throw new StsError('Unknown', 'Unknown', response.status)
  }
  throw new AwsOidcError('BAD_RESPONSE', `The answer from ${endpoint.url.host} is not an AWS STS response.`, {
    hint: endpoint.aws ? 'the same command again in a moment' : 'Check AWS_ENDPOINT_URL_STS and sts.endpoint.',
  })
}

/** The text reached from `parent` by following children of these names; `undefined` if one is missing or repeated. */
export function textAt(parent: Element | undefined, ...names: readonly string[]): string | undefined {
  const element = names.reduce<Element | undefined>((at, name) => at && childOf(at, name), parent)
  return element && elementsIn(element).length === 0 ? (element.textContent ?? '').trim() : undefined
}

function childOf(parent: Element, name: string): Element | undefined {
  const found = elementsIn(parent).filter(({localName}) => localName === name)
  return found.length === 1 ? found[0] : undefined
}

/** The `Error` element; some emulators wrap it differently from AWS. */
function errorIn(root: Element | undefined): Element | undefined {
  if (root?.localName === 'Error') return root
  const parent = root?.localName === 'Response' ? childOf(root, 'Errors') : root
  return parent && childOf(parent, 'Error')
}

/** The form body as the AWS SDKs write it: escapes everything that RFC 3986 does not call unreserved, even spaces. */
function formOf(parameters: StsParameters): string {
  return Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${escaped(name)}=${escaped(String(value))}`)
    .join('&')
}

function escaped(text: string): string {
  const hex = (letter: string) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, hex)
}

function withSlash(url: URL): URL {
  const address = new URL(url)
  if (!address.pathname.endsWith('/')) address.pathname += '/'
  return address
}

async function signed(
  headers: Readonly<Record<string, string>>,
  body: string,
  endpoint: StsEndpoint,
  credentials: AwsCredentials,
  {now, offset}: StsTransport,
): Promise<Readonly<Record<string, string>>> {
  // Loaded lazily: most calls carry a proof instead of a signature.
  const {signedHeaders} = await import('./signature.ts')
  return signedHeaders(headers, body, endpoint, credentials, new Date(now().getTime() + offset()))
}
