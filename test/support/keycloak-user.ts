/** What a user does on Keycloak's pages. */
export interface KeycloakUser {
  readonly name: string
  readonly password?: string
  /** Whether to consent where Keycloak asks for it, as it always does in the device flow. */
  readonly agrees?: boolean
}

/** Where a user ends up at Keycloak. */
export interface Arrival {
  /** The address that Keycloak redirects the browser to; not followed. */
  readonly redirect: URL | undefined
  /** The text of the last page. */
  readonly page: string
}

/** Goes from `address` through login and consent until Keycloak redirects away, or shows a page without a question. */
export async function visitKeycloak(
  address: URL,
  {name, password = `${name}-password`, agrees = true}: KeycloakUser,
): Promise<Arrival> {
  const visit = visitor()
  let {url, response} = await visit(address)
  let loggedIn = false
  for (let step = 0; step < 20; step++) {
    const location = response.headers.get('location')
    if (location !== null) {
      const next = new URL(location, url)
      if (next.origin !== address.origin) return {redirect: next, page: ''}
      ;({url, response} = await visit(next))
      continue
    }
    const page = await response.text()
    const form = formIn(page, url)
    if (form?.id === 'kc-form-login' && !loggedIn) {
      loggedIn = true
      ;({url, response} = await visit(form.action, {username: name, password, credentialId: ''}))
    } else if (form && /name="accept"/.test(page)) {
      const code = /name="code" value="([^"]*)"/.exec(page)?.[1] ?? ''
      ;({url, response} = await visit(form.action, {code: unescaped(code), [agrees ? 'accept' : 'cancel']: ''}))
    } else {
      return {redirect: undefined, page: textOf(page)}
    }
  }
  throw new Error('Keycloak sent the person in circles')
}

/** Keycloak's cookies are Secure, but browsers send them over http on loopback as well. */
function visitor() {
  const cookies = new Map<string, string>()
  return async (url: URL, form?: Readonly<Record<string, string>>) => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: {accept: 'text/html', cookie: [...cookies].map(pair => pair.join('=')).join('; ')},
      ...(form && {method: 'POST', body: new URLSearchParams(form)}),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (name) cookies.set(name, value ?? '')
    }
    return {url, response}
  }
}

function formIn(page: string, base: URL): {readonly id: string; readonly action: URL} | undefined {
  const [tag] = /<form\b[^>]*>/.exec(page) ?? []
  const action = /\baction="([^"]*)"/.exec(tag ?? '')?.[1]
  if (action === undefined) return undefined
  return {id: /\bid="([^"]*)"/.exec(tag ?? '')?.[1] ?? '', action: new URL(unescaped(action), base)}
}

function textOf(page: string): string {
  const [, body = page] = /<body[^>]*>(.*)<\/body>/s.exec(page) ?? []
  return unescaped(
    body
      .replace(/<(script|style)\b.*?<\/\1>/gs, ' ')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' '),
  ).trim()
}

function unescaped(html: string): string {
  const named: Readonly<Record<string, string>> = {amp: '&', lt: '<', gt: '>', quot: '"'}
  return html.replace(/&(?:#(\d+)|(\w+));/g, (all, code, name) =>
    code ? String.fromCodePoint(Number(code)) : (named[name] ?? all),
  )
}
