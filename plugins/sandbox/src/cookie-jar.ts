interface Cookie {
  readonly name: string
  readonly value: string
  readonly path: string
}

/** Cookies of one origin for the length of one sign-in. */
export class CookieJar {
  #cookies: Cookie[] = []

  store(url: URL, setCookieHeaders: readonly string[]): void {
    for (const header of setCookieHeaders) {
      const [pair = '', ...attributes] = header.split(/;\s*/)
      const [name = '', value = ''] = pair.split(/=(.*)/s)
      const path = attributeOf(attributes, 'path') ?? url.pathname.replace(/\/[^/]*$/, '/')
      this.#cookies = this.#cookies.filter(cookie => cookie.name !== name || cookie.path !== path)
      const expires = attributeOf(attributes, 'expires')
      const isRemoval = expires !== undefined && new Date(expires).getTime() <= Date.now()
      if (!isRemoval) this.#cookies.push({name, value, path})
    }
  }

  /** The value of the Cookie header, RFC 6265 section 5.4: more specific paths first. */
  headerFor(url: URL): string {
    return this.#cookies
      .filter(({path}) => pathMatches(url.pathname, path))
      .sort((left, right) => right.path.length - left.path.length)
      .map(({name, value}) => `${name}=${value}`)
      .join('; ')
  }
}

function attributeOf(attributes: readonly string[], name: string): string | undefined {
  const attribute = attributes.find(candidate => candidate.toLowerCase().startsWith(`${name}=`))
  return attribute?.slice(name.length + 1)
}

function pathMatches(requested: string, path: string): boolean {
  return requested === path || requested.startsWith(path.endsWith('/') ? path : `${path}/`)
}
