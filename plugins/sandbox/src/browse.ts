import {CookieJar} from './cookie-jar.ts'

/** The sign-in could not be completed; the message is one line. */
export class BrowseError extends Error {}

export interface Visitor {
  /** `deny` presses Cancel instead of signing in. */
  readonly userName: string
  /** The code that the device shows, for a page that asks for it. */
  readonly code?: () => Promise<string | undefined>
}

const redirectLimit = 20

/**
 * Plays a user with a browser: from an authorization request through the sign-in page to the client's callback, or from
 * the page for a device's code to the final page.
 */
export async function browse(address: string, visitor: Visitor): Promise<void> {
  const {origin} = new URL(address)
  const jar = new CookieJar()
  const filled = new Set<string>()
  let url = new URL(address)
  let response = await visit(url, jar)
  for (let step = 0; step < redirectLimit; step += 1) {
    const location = response.headers.get('location')
    if (location !== null) {
      url = new URL(location, url)
      if (url.origin !== origin) {
        const onward = await callBack(url)
        // A real browser would follow a redirect to another origin, but the sign-in is over.
        if (onward?.origin !== origin) return
        url = onward
        filled.clear()
      }
      response = await visit(url, jar)
      continue
    }
    const html = await response.text()
    const page = response.ok ? pageIn(html) : undefined
    if (page === undefined || filled.has(page) || hasAlert(html)) throw new BrowseError(complaintIn(html, response))
    if (page === 'end') return
    filled.add(page)
    response = await visit(url, jar, await formFor(page, html, visitor))
  }
  throw new BrowseError(`The provider redirected more than ${redirectLimit} times.`)
}

type Page = 'code' | 'confirmation' | 'sign-in' | 'end'

/** Recognizes our pages by their fields and buttons. */
function pageIn(html: string): Page {
  if (html.includes('name="password"')) return 'sign-in'
  if (html.includes('name="confirm"')) return 'confirmation'
  return html.includes('id="user_code"') ? 'code' : 'end'
}

async function formFor(page: Page, html: string, {userName, code}: Visitor): Promise<URLSearchParams> {
  const form = new URLSearchParams()
  for (const [, name = '', value = ''] of html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)) {
    form.set(name, unescapeHtml(value))
  }
  if (page === 'code') form.set('user_code', await codeOf(code))
  else if (page === 'confirmation') form.set(userName === 'deny' ? 'abort' : 'confirm', 'yes')
  else if (userName === 'deny') form.set('decision', 'cancel')
  else for (const [name, value] of signIn(userName)) form.set(name, value)
  return form
}

function signIn(userName: string) {
  return Object.entries({decision: 'sign-in', username: userName, password: `${userName}-password`})
}

async function codeOf(code: Visitor['code']): Promise<string> {
  const typed = await code?.()
  if (typed) return typed
  throw new BrowseError('The page asks for the code that the device shows: set SANDBOX_CODE.')
}

async function visit(url: URL, jar: CookieJar, form?: URLSearchParams): Promise<Response> {
  const headers = {accept: 'text/html', cookie: jar.headerFor(url)}
  const response = await request(url, form ? {method: 'POST', body: form, headers} : {headers})
  jar.store(url, response.headers.getSetCookie())
  return response
}

/** Calls the client back. Resolves to where it redirects, if it does: a refused client may start again. */
async function callBack(url: URL): Promise<URL | undefined> {
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) {
    throw new BrowseError(`The provider redirected to ${url.origin}, which is not this computer.`)
  }
  // Ignore the status: the client may answer 4xx if the user refused, but it has got the answer.
  const response = await request(url, {})
  await response.body?.cancel()
  return URL.parse(response.headers.get('location') ?? '', url.href) ?? undefined
}

async function request(url: URL, options: RequestInit): Promise<Response> {
  try {
    return await fetch(url, {...options, redirect: 'manual', signal: AbortSignal.timeout(60_000)})
  } catch (cause) {
    throw new BrowseError(`${url.origin} could not be reached.`, {cause})
  }
}

/** Our pages report problems in an element with the role alert. */
const alert = /<p role="alert">([^<]*)/

function hasAlert(html: string): boolean {
  return alert.test(html)
}

function complaintIn(html: string, {status}: Response): string {
  const [, text] = alert.exec(html) ?? []
  return `The provider answered ${status}${text ? `: ${unescapeHtml(text)}` : '.'}`
}

function unescapeHtml(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
}
