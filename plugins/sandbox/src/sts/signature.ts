import {createHash, createHmac} from 'node:crypto'

/** The parts of a request that AWS Signature Version 4 covers. */
export interface SignedRequest {
  readonly method: string
  /** Path and query as they were sent. */
  readonly target: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Buffer
}

export interface CredentialScope {
  /** yyyymmdd */
  readonly date: string
  readonly region: string
  readonly service: string
}

export interface SigningInput {
  readonly scope: CredentialScope
  /** yyyymmddThhmmssZ */
  readonly timestamp: string
  readonly signedHeaders: readonly string[]
}

/** The expected signature with `secretAccessKey`, in hex. */
export function signatureOf(request: SignedRequest, input: SigningInput, secretAccessKey: string): string {
  const {date, region, service} = input.scope
  const stringToSign = [
    'AWS4-HMAC-SHA256',
    input.timestamp,
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonicalRequest(request, input.signedHeaders)),
  ].join('\n')
  const keyParts = [date, region, service, 'aws4_request']
  const key = keyParts.reduce<Buffer>((secret, part) => hmac(secret, part), Buffer.from(`AWS4${secretAccessKey}`))
  return hmac(key, stringToSign).toString('hex')
}

function canonicalRequest({method, target, headers, body}: SignedRequest, signedHeaders: readonly string[]): string {
  const [path = '/', query = ''] = target.split(/\?(.*)/s)
  const headerLines = signedHeaders.map(name => `${name}:${headerValue(headers[name])}\n`)
  return [
    method,
    path.split('/').map(percentEncode).join('/'),
    canonicalQuery(query),
    headerLines.join(''),
    signedHeaders.join(';'),
    sha256(body),
  ].join('\n')
}

function canonicalQuery(query: string): string {
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
  return pairs.sort().join('&')
}

function headerValue(value: string | readonly string[] | undefined): string {
  return [value ?? ''].flat().join(',').trim().replace(/ +/g, ' ')
}

/** RFC 3986: escapes all but unreserved characters. The path as sent is encoded once more, as for all but S3. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(key: Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest()
}
