import {AwsOidcError, printable} from '../errors.ts'
import type {AwsCredentials} from '../plugin.ts'
import {parseObject} from '../text/json.ts'
import type {SignInService} from './console.ts'

export interface FederationDependencies {
  readonly service: SignInService
  /** May repeat a request that got no answer. */
  readonly fetch: typeof globalThis.fetch
}

/**
 * Gets a sign-in token, valid for 15 minutes, that gives a browser the session of these credentials. Without a duration
 * the console session ends with the credentials. Uses POST, because proxies may log the keys in an address.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
 */
export async function signInToken(
  {accessKeyId, secretAccessKey, sessionToken}: AwsCredentials,
  durationSeconds: number | undefined,
  {service, fetch}: FederationDependencies,
): Promise<string> {
  const session = {sessionId: accessKeyId, sessionKey: secretAccessKey, sessionToken}
  const response = await fetch(federationAddress(service), {
    method: 'POST',
    headers: {'content-type': 'application/x-www-form-urlencoded', accept: 'application/json'},
    body: new URLSearchParams({
      Action: 'getSigninToken',
      ...(durationSeconds !== undefined && {SessionDuration: String(durationSeconds)}),
      Session: JSON.stringify(session),
    }).toString(),
  })
  const text = await response.text()
  const {SigninToken: token} = parseObject(text)
  if (response.ok && typeof token === 'string' && token !== '') return token
  throw failureOf(response.status, text, durationSeconds, service)
}

/** The address that signs a browser in and redirects it to `destination`. It is a secret. */
export function loginAddress(service: SignInService, destination: URL, token: string): URL {
  const address = federationAddress(service)
  const query = {Action: 'login', Issuer: 'aws-oidc', Destination: destination.href, SigninToken: token}
  address.search = new URLSearchParams(query).toString()
  return address
}

function federationAddress({url}: SignInService): URL {
  return new URL(`${url.origin}${url.pathname.replace(/\/$/, '')}/federation`)
}

function failureOf(
  status: number,
  text: string,
  durationSeconds: number | undefined,
  {url, aws}: SignInService,
): AwsOidcError {
  const again = 'the same command again in a moment'
  if (status === 429 || status >= 500) {
    return new AwsOidcError('UNAVAILABLE', `AWS Sign-In is unavailable (HTTP ${status} from ${url.host}).`, {
      hint: again,
    })
  }
  if (status < 400) {
    return new AwsOidcError('BAD_RESPONSE', `The answer from ${url.host} has no sign-in token (HTTP ${status}).`, {
      hint: aws ? again : 'Check AWS_ENDPOINT_URL_SIGNIN.',
    })
  }
  const reason = reasonIn(text)
  const said = `AWS Sign-In refused (HTTP ${status}${reason === '' ? '' : `: ${reason}`}).`
  // AWS Sign-In says the same for all these causes: https://github.com/99designs/aws-vault/issues/77
  const ended = 'The credentials have expired or were revoked, or do not belong to a role.'
  if (durationSeconds === undefined)
    return new AwsOidcError('AWS_REFUSED', `${said} ${ended}`, {hint: 'aws-oidc login'})
  return new AwsOidcError(
    'AWS_REFUSED',
    `${said} The reason may be --duration, which not every session may choose. ${ended}`,
    {
      hint: 'the same command without --duration',
    },
  )
}

/** The heading of an HTML page; a text that is no HTML stays as it is. */
function reasonIn(text: string): string {
  const [, heading] = /<(?:h1|title)[^>]*>([^<]+)</i.exec(text) ?? []
  return printable(heading ?? (text.trimStart().startsWith('<') ? '' : text), 200)
}
