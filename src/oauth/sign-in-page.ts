import {AwsOidcError, printable} from '../errors.ts'
import type {OidcClient} from '../plugin.ts'

const mostRedirects = 5

/**
 * Asks for the page to sign in at as a browser would, on the provider's own host. Rejects with SIGN_IN_REFUSED where the
 * provider refuses the request itself: of a client or a redirect address that it does not know it may tell the person
 * only, not the client (RFC 6749, 4.1.2.1), and then nobody ever comes back. `untold` where only a browser finds out: no
 * answer, another host, or a page that is none to sign in at.
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
    // Without its cookies a provider may refuse what it has just sent on.
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
    `${host} has no page to sign in at for the client "${clientId}" and the way back ${portless(redirect)}: HTTP ${response.status}${said && `, "${said}"`}.`,
    {hint: 'Compare the client id, and the redirect addresses that the provider has for this client.'},
  )
}

/**
 * RFC 6749, 4.1.2.1: what is wrong with the request the browser is sent back with. Ory Hydra sends it to a page of its
 * own with the same words, where it knows no way back.
 */
function demandNoError({searchParams}: URL, {host}: URL): void {
  const error = searchParams.get('error')
  if (!error) return
  const description = searchParams.get('error_description')
  const words = printable(description ? `${error} (${description})` : error)
  throw new AwsOidcError('SIGN_IN_REFUSED', `${host} refuses to let this client sign in: ${words}.`, {
    hint: 'Check "clientId", "scopes" and "parameters" of the provider.',
    refusal: {error: printable(error, 80)},
  })
}

/** RFC 8252, 7.3: the port may be any. */
function portless(redirect: URL): string {
  return `${redirect.protocol}//${redirect.hostname}${redirect.pathname}`
}

function textOf(html: string): string {
  const body = html.replace(/<(style|script|head)\b[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ')
  return printable(body.replace(/\s+/g, ' '), 200)
}
