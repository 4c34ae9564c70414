import {randomBytes} from 'node:crypto'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {isSameSecret, serveOnLoopback} from '../http/loopback-server.ts'
import type {AwsCredentials} from '../plugin.ts'

/** The server that AWS SDKs ask for credentials if AWS_CONTAINER_CREDENTIALS_FULL_URI names it. */
export interface ContainerServer {
  readonly url: URL
  /** A secret: any program that presents this token gets the credentials. */
  readonly token: string
  close(): Promise<void>
}

export interface Served {
  readonly credentials: AwsCredentials
  readonly accountId: string
  readonly role: string
}

/** Why there are no credentials at the moment; the SDKs show this. */
export interface NotServed {
  readonly code: string
  readonly message: string
}

/**
 * Serves credentials on loopback, on a port that the system chooses. botocore waits two seconds for an answer, so
 * `answer` must be faster. https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export async function serveCredentials(answer: () => Promise<Served | NotServed>): Promise<ContainerServer> {
  const token = randomBytes(32).toString('base64url')
  const {host, close} = await serveOnLoopback((request, response, host) => {
    const refusal = refusalOf(request, host, token)
    if (refusal) return send(response, refusal.status, refusal)
    answer().then(
      given => ('credentials' in given ? send(response, 200, documentOf(given)) : send(response, 503, given)),
      () => send(response, 500, {code: 'InternalServerError', message: 'This is a bug in aws-oidc.'}),
    )
  })
  return {url: new URL(`http://${host}/credentials`), token, close}
}

function refusalOf({method, url, headers}: IncomingMessage, host: string, token: string) {
  // A web page can reach this machine too: directly, or by a name that its owner points here (DNS rebinding).
  if (headers.host !== host)
    return {status: 403, code: 'AccessDenied', message: 'The Host header does not name this endpoint.'}
  if (headers.origin !== undefined)
    return {status: 403, code: 'AccessDenied', message: 'Web pages get no credentials here.'}
  if (!isSameSecret(headers.authorization ?? '', token))
    return {status: 403, code: 'AccessDenied', message: 'The token does not belong to this endpoint.'}
  if (url !== '/credentials') return {status: 404, code: 'NotFound', message: 'There is nothing at this address.'}
  if (method !== 'GET') return {status: 405, code: 'MethodNotAllowed', message: 'Only GET is answered.'}
  return undefined
}

function documentOf({credentials, accountId, role}: Served) {
  const {accessKeyId, secretAccessKey, sessionToken, expiration} = credentials
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: expiration.toISOString().replace(/\.\d+Z$/, 'Z'),
    AccountId: accountId,
    ...(role.startsWith('arn:') && {RoleArn: role}),
  }
}

function send(response: ServerResponse, status: number, document: object): void {
  response.writeHead(status, {'Content-Type': 'application/json', 'Cache-Control': 'no-store'})
  response.end(JSON.stringify(document))
}
