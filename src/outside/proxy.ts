import {BlockList, isIP} from 'node:net'
import {AwsOidcError, printable} from '../errors.ts'

type Env = Readonly<Record<string, string | undefined>>

/** The proxy for an address; `undefined` where it is to be reached directly. Throws CONFIG_INVALID. */
export type ProxyFor = (url: URL) => URL | undefined

/**
 * HTTPS_PROXY, HTTP_PROXY and NO_PROXY as curl and the AWS CLI read them: lower case wins, a value without a scheme
 * means http, and a name in NO_PROXY covers its subdomains. ALL_PROXY does not count: the AWS CLI ignores it too.
 */
export function proxiesOf(env: Env): ProxyFor {
  return url => {
    const variable = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
    const value = valueIn(variable, env)
    if (value === undefined || isExempt(url, valueIn('NO_PROXY', env) ?? '')) return undefined
    return readProxy(variable, value)
  }
}

function valueIn(variable: string, env: Env): string | undefined {
  return env[variable.toLowerCase()] || env[variable] || undefined
}

function readProxy(variable: string, value: string): URL {
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`)
  if (url?.hostname && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  // The value may hold a password.
  const problem = url?.hostname ? `names a proxy that speaks ${printable(url.protocol, 20)}` : 'is not an address'
  throw new AwsOidcError('CONFIG_INVALID', `${variable} ${problem}.`, {
    hint: `export ${variable}=http://proxy.example.com:8080`,
  })
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
  if (network !== undefined) return isIP(host) !== 0 && isWithin(host, network, Number(bits))
  const [, name = entry, wantedPort] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? []
  if (wantedPort !== undefined && wantedPort !== port) return false
  const domain = name.replace(/^\[|\]$/g, '').replace(/^\*?\./, '')
  return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`))
}

function isWithin(host: string, network: string, bits: number): boolean {
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
  try {
    const list = new BlockList()
    list.addSubnet(network, bits, family)
    return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
  } catch {
    return false
  }
}
