import {AwsOidcError, printable} from '../errors.ts'
import type {OidcClient} from '../plugin.ts'
import {refusalOf} from './problems.ts'

const mostRedirects = 5

/**
 * Requests the sign-in page as a browser would, staying on the provider's origin. Rejects with SIGN_IN_REFUSED if the
 * provider refuses the request. An unknown client or redirect address is shown only to the user (RFC 6749, 4.1.2.1),
 * so the browser would never come back. `untold` if only a browser can find out: no answer, another origin, or a status
 * other than 200.
 */
export async function demandSignInPage(
  url: URL,
  {clientId}: OidcClient,
  redirect: URL,
  fetch: typeof globalThis.fetch,
): Promise<'there' | 'untold'> {
  const cookies = new Map<string, string>()
  let at = url
  for (let step = 0; step <= mostRedirects; step++) {
    const headers = {accept: 'text/html', ...(cookies.size > 0 && {cookie: [...cookies.values()].join('; ')})}
    const response = await fetch(at, {headers}).catch(() => undefined)
    if (!response) return 'untold'
    if (response.status === 400 || response.status === 401) throw await refused(response, url, clientId, redirect)
    const target = URL.parse(response.headers.get('location') ?? '', at.href)
    if (response.status < 300 || response.status > 399 || !target) return response.status === 200 ? 'there' : 'untold'
    demandNoError(target, url)
    if (target.origin !== url.origin) return 'untold'
    // Without its cookies a provider may refuse its own redirect.
    for (const cookie of response.headers.getSetCookie()) keep(cookie, cookies)
    at = target
  }
  return 'untold'
}

function keep(cookie: string, cookies: Map<string, string>): void {
  const [pair = ''] = cookie.split(';')
  cookies.set(pair.slice(0, pair.indexOf('=')), pair.trim())
}

async function refused(response: Response, {host}: URL, clientId: string, redirect: URL): Promise<AwsOidcError> {
  const said = textOf(await response.text())
  return new AwsOidcError(
    'SIGN_IN_REFUSED',
    `${host} has no sign-in page for the client "${clientId}" and the redirect address ${portless(redirect)}: HTTP ${response.status}${said && `, "${said}"`}.`,
    {hint: 'Check the client ID, and the redirect addresses that the provider has for this client.'},
  )
}

/**
 * A redirect back to the client reports what is wrong with the request (RFC 6749, 4.1.2.1). Ory Hydra redirects to a
 * page of its own with the same parameters if it can't redirect to the client.
 */
function demandNoError({searchParams}: URL, {host}: URL): void {
  const error = searchParams.get('error')
  if (!error) return
  const description = searchParams.get('error_description') ?? undefined
  const words = printable(description ? `${error} (${description})` : error)
  throw new AwsOidcError('SIGN_IN_REFUSED', `${host} refuses to let this client sign in: ${words}.`, {
    hint: 'Check "clientId", "scopes" and "parameters" of the provider.',
    refusal: refusalOf({error, error_description: description}),
  })
}

/** The redirect address without its port, which may be any (RFC 8252, 7.3). */
function portless(redirect: URL): string {
  return `${redirect.protocol}//${redirect.hostname}${redirect.pathname}`
}

function textOf(html: string): string {
  const body = html.replace(/<(style|script|head)\b[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ')
  return printable(body.replace(/\s+/g, ' '), 200)
}
