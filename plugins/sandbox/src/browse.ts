import {CookieJar} from './cookie-jar.ts'

/** The sign-in could not be finished; the message is one line. */
export class BrowseError extends Error {}

export interface Person {
  /** `deny` presses Cancel instead of signing in. */
  readonly userName: string
}

const redirectLimit = 20

/** Plays a person with a browser: from an authorization request, through the sign-in page, to the client's callback. */
export async function browse(address: string, {userName}: Person): Promise<void> {
  const {origin} = new URL(address)
  const jar = new CookieJar()
  let url = new URL(address)
  let response = await visit(url, jar)
  let signedIn = false
  for (let step = 0; step < redirectLimit; step += 1) {
    const location = response.headers.get('location')
    if (location !== null) {
      url = new URL(location, url)
      if (url.origin !== origin) return callBack(url)
      response = await visit(url, jar)
    } else if (response.ok && !signedIn) {
      signedIn = true
      response = await visit(url, jar, formFor(userName))
    } else {
      throw new BrowseError(await complaintOf(response))
    }
  }
  throw new BrowseError(`The provider redirected more than ${redirectLimit} times.`)
}

async function visit(url: URL, jar: CookieJar, form?: URLSearchParams): Promise<Response> {
  const headers = {accept: 'text/html', cookie: jar.headerFor(url)}
  const response = await request(url, form ? {method: 'POST', body: form, headers} : {headers})
  jar.store(url, response.headers.getSetCookie())
  return response
}

function formFor(userName: string): URLSearchParams {
  if (userName === 'deny') return new URLSearchParams({decision: 'cancel'})
  return new URLSearchParams({decision: 'sign-in', username: userName, password: `${userName}-password`})
}

async function callBack(url: URL): Promise<void> {
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) {
    throw new BrowseError(`The provider redirected to ${url.origin}, which is not this computer.`)
  }
  // A client that knows no more than that the person refused may well answer 4xx: it was told, which is all that counts.
  const response = await request(url, {})
  await response.body?.cancel()
}

async function request(url: URL, options: RequestInit): Promise<Response> {
  try {
    return await fetch(url, {...options, redirect: 'manual', signal: AbortSignal.timeout(60_000)})
  } catch (cause) {
    throw new BrowseError(`${url.origin} could not be reached.`, {cause})
  }
}

/** Our pages say what is wrong in an element with the role alert. */
async function complaintOf(response: Response): Promise<string> {
  const [, alert] = /<p role="alert">([^<]*)/.exec(await response.text()) ?? []
  const text = alert?.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
  return `The provider answered ${response.status}${text ? `: ${text}` : '.'}`
}
