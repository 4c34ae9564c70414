import {AwsOidcError, printable} from '../errors.ts'
import type {AwsCredentials} from '../plugin.ts'
import {parseObject} from '../text/json.ts'
import type {SignInService} from './console.ts'

export interface FederationDependencies {
  readonly service: SignInService
  /** May send a request again when no answer came. */
  readonly fetch: typeof globalThis.fetch
}

/**
 * A token with which a browser becomes the session of these credentials, good for 15 minutes. Without a duration the
 * console ends with them. By POST: in an address the keys would stand in the logs of whoever is on the way.
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

/** The address that signs a browser in and leads on. It is a secret. */
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
    return new AwsOidcError('UNAVAILABLE', `AWS Sign-In can't answer now (HTTP ${status} from ${url.host}).`, {
      hint: again,
    })
  }
  if (status < 400) {
    return new AwsOidcError('BAD_RESPONSE', `The answer of ${url.host} holds no sign-in token (HTTP ${status}).`, {
      hint: aws ? again : 'Check AWS_ENDPOINT_URL_SIGNIN.',
    })
  }
  const reason = reasonIn(text)
  const said = `AWS Sign-In refused (HTTP ${status}${reason === '' ? '' : `: ${reason}`}).`
  // It has the same words for all of them: https://github.com/99designs/aws-vault/issues/77
  const ended = 'The credentials have ended or were revoked, or are not those of a role.'
  if (durationSeconds === undefined)
    return new AwsOidcError('AWS_REFUSED', `${said} ${ended}`, {hint: 'aws-oidc login'})
  return new AwsOidcError('AWS_REFUSED', `${said} It may be --duration, which not every session may choose. ${ended}`, {
    hint: 'the same command without --duration',
  })
}

/** Of a page, its heading. */
function reasonIn(text: string): string {
  const [, heading] = /<(?:h1|title)[^>]*>([^<]+)</i.exec(text) ?? []
  return printable(heading ?? (text.trimStart().startsWith('<') ? '' : text), 200)
}
