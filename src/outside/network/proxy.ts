import {BlockList, isIP} from 'node:net'
import {AwsOidcError, printable} from '../../errors.ts'
import {isLoopback} from '../../http/loopback-address.ts'

type Env = Readonly<Record<string, string | undefined>>

/** The proxy for an address; `undefined` for a direct connection. Throws CONFIG_INVALID. */
export type ProxyFor = (url: URL) => URL | undefined

const variables = {'https:': 'HTTPS_PROXY', 'http:': 'HTTP_PROXY'} as const

/**
 * HTTPS_PROXY, HTTP_PROXY and NO_PROXY as the AWS CLI and curl read them: lower case wins, a value without a scheme
 * means http, and a name in NO_PROXY covers its subdomains. ALL_PROXY does not count: the AWS CLI ignores it too.
 */
export function proxiesOf(env: Env): ProxyFor {
  return url => {
    const variable = variables[url.protocol === 'https:' ? 'https:' : 'http:']
    const value = valueIn(variable, env)
    if (value === '' || isExempt(url, valueIn('NO_PROXY', env))) return undefined
    return readProxy(variable, value)
  }
}

/** The proxy for an address, without user and password, and the variable that names it. Throws CONFIG_INVALID. */
export function wayOut(url: URL, env: Env): {readonly host: string; readonly variable: string} | undefined {
  const upper = variables[url.protocol === 'https:' ? 'https:' : 'http:']
  const proxy = isLoopback(url.hostname) ? undefined : proxiesOf(env)(url)
  return proxy && {host: proxy.host, variable: env[upper.toLowerCase()] === undefined ? upper : upper.toLowerCase()}
}

/** The passwords in those variables, which only the proxy may see. */
export function proxyPasswords(env: Env): readonly string[] {
  return Object.values(variables)
    .flatMap(name => [env[name], env[name.toLowerCase()]])
    .flatMap(value => {
      const [, written] = /^(?:[a-z][a-z\d+.-]*:)?(?:\/\/)?[^:@/]*:(.+)@/i.exec(value ?? '') ?? []
      return written === undefined ? [] : [written, decoded(written) ?? written]
    })
}

/** RFC 7617, for a proxy address that was read here. */
export function authorizationFor({username, password}: URL): {readonly 'proxy-authorization'?: string} {
  if (username === '' && password === '') return {}
  const login = `${decoded(username)}:${decoded(password)}`
  return {'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}`}
}

/** An empty variable in lower case hides the one in upper case, as in Python's urllib, which the AWS CLI uses. */
function valueIn(variable: string, env: Env): string {
  return (env[variable.toLowerCase()] ?? env[variable] ?? '').trim()
}

function readProxy(variable: string, value: string): URL {
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`)
  const problem = problemOf(url)
  if (url && problem === undefined) return url
  // The value may hold a password.
  throw new AwsOidcError('CONFIG_INVALID', `${variable} ${problem}.`, {
    hint: `export ${variable}=http://proxy.example.com:8080`,
  })
}

function problemOf(url: URL | null): string | undefined {
  // A password with "/", "?" or "#" ends the host too early, and messages would show its start as the host.
  if (!url?.hostname || /@/.test(url.pathname + url.search + url.hash)) {
    return 'is not an address; in a password, "@", "/", "?", "#" and "%" are written as %40, %2F, %3F, %23 and %25'
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return `names a proxy that speaks ${printable(url.protocol, 20)}, not http: or https:`
  }
  return decoded(url.username) === undefined || decoded(url.password) === undefined
    ? 'has a "%" in its user name or password that must be written as %25'
    : undefined
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function isExempt({hostname, port, protocol}: URL, list: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  const usedPort = port || (protocol === 'https:' ? '443' : '80')
  return list
    .split(/[\s,]+/)
    .filter(entry => entry !== '')
    .some(entry => covers(entry.toLowerCase(), host, usedPort))
}

function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  const [, network, bits] = /^(.+)\/(\d{1,3})$/.exec(entry) ?? []
  if (network !== undefined) return isWithin(host, network.replace(/^\[|\]$/g, ''), Number(bits))
  const [, name = entry, wantedPort] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? []
  if (wantedPort !== undefined && wantedPort !== port) return false
  const domain = name.replace(/^\[|\]$/g, '').replace(/^\*?\./, '')
  if (isIP(domain) !== 0) return isWithin(host, domain, isIP(domain) === 6 ? 128 : 32)
  return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`))
}

/** A host that is no IP address, or one of the other family, is never within a network. */
function isWithin(host: string, network: string, bits: number): boolean {
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
  try {
    const list = new BlockList()
    list.addSubnet(network, bits, family)
    return list.check(host, family)
  } catch {
    return false
  }
}
