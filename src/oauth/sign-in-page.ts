import {AwsOidcError, printable} from '../errors.ts'
import type {OidcClient} from '../plugin.ts'

/**
 * Asks for the page to sign in at as a browser would. Rejects with SIGN_IN_REFUSED where the provider refuses the request
 * itself: of a client or a redirect address that it does not know it may tell the person only, not the client (RFC 6749,
 * 4.1.2.1), and then nobody ever comes back. No answer, or any other one, is left to the browser to find out.
 */
export async function demandSignInPage(
  url: URL,
  {clientId}: OidcClient,
  redirect: URL,
  fetch: typeof globalThis.fetch,
): Promise<void> {
  const response = await fetch(url, {headers: {accept: 'text/html'}}).catch(() => undefined)
  if (response) demandNoError(response, url, redirect)
  if (!response || (response.status !== 400 && response.status !== 401)) return
  const said = textOf(await response.text())
  throw new AwsOidcError(
    'SIGN_IN_REFUSED',
    `${url.host} has no page to sign in at for the client "${clientId}" and the way back ${portless(redirect)}: HTTP ${response.status}${said && `, "${said}"`}.`,
    {hint: 'Compare the client id, and the redirect addresses that the provider has for this client.'},
  )
}

/** RFC 6749, 4.1.2.1: what is wrong with the request otherwise, the browser is sent back with. */
function demandNoError({headers}: Response, {host}: URL, redirect: URL): void {
  const target = URL.parse(headers.get('location') ?? '')
  const error = target?.searchParams.get('error')
  if (!target || !error || target.origin !== redirect.origin || target.pathname !== redirect.pathname) return
  const description = target.searchParams.get('error_description')
  const words = printable(description ? `${error} (${description})` : error)
  throw new AwsOidcError('SIGN_IN_REFUSED', `${host} refuses to let this client sign in: ${words}.`, {
    hint: 'Check "clientId", "scopes" and "parameters" of the provider.',
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
