import {CookieJar} from './cookie-jar.ts'

/** The sign-in could not be finished; the message is one line. */
export class BrowseError extends Error {}

export interface Person {
  /** `deny` presses Cancel instead of signing in. */
  readonly userName: string
  /** The code that a device shows, for a page that asks for one. */
  readonly code?: () => Promise<string | undefined>
}

const redirectLimit = 20

/**
 * Plays a person with a browser: from an authorization request, through the sign-in page, to the client's callback; or
 * from the page for a device's code to the one that says how it ended.
 */
export async function browse(address: string, person: Person): Promise<void> {
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
        // To a page of somebody else a person would be sent, but the sign-in is over.
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
    response = await visit(url, jar, await formFor(page, html, person))
  }
  throw new BrowseError(`The provider redirected more than ${redirectLimit} times.`)
}

type Page = 'code' | 'confirmation' | 'sign-in' | 'end'

/** Our pages are known by what can be entered or pressed. */
function pageIn(html: string): Page {
  if (html.includes('name="password"')) return 'sign-in'
  if (html.includes('name="confirm"')) return 'confirmation'
  return html.includes('id="user_code"') ? 'code' : 'end'
}

async function formFor(page: Page, html: string, {userName, code}: Person): Promise<URLSearchParams> {
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

async function codeOf(code: Person['code']): Promise<string> {
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

/** Tells where the client sends the browser on to, if it does: one that was refused something may begin anew. */
async function callBack(url: URL): Promise<URL | undefined> {
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) {
    throw new BrowseError(`The provider redirected to ${url.origin}, which is not this computer.`)
  }
  // A client that knows no more than that the person refused may well answer 4xx: it was told, which is all that counts.
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

/** Our pages say what is wrong in an element with the role alert. */
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
