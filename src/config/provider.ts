import {named} from '../text/json.ts'
import type {Node} from './node.ts'
import type {ProviderConfiguration, RedirectConfiguration, TlsConfiguration} from './schema.ts'
import {readProgram, readSessionDuration} from './values.ts'

const providerKeys = [
  'strategy',
  'defaultRole',
  'duration',
  'sessionName',
  'flow',
  'deviceHosts',
  'browser',
  'redirect',
  'pages',
  'parameters',
  'rememberSignIn',
  'tls',
]

/** Settings that the host reads itself; all others belong to the strategy. */
export const hostSettings: readonly string[] = providerKeys

/** A provider, by the name that it has in the configuration. */
export function readProvider(name: string, node: Node): ProviderConfiguration {
  const members = node.members()
  const strategy = members.get('strategy')
  if (!strategy) throw node.complain('names no strategy', 'strategy: oidc')
  const pages = members.get('pages')?.members(['success', 'failure'])
  const all = [...members].map(([key, member]) => [key, member.value] as const)
  return {
    name,
    strategy: strategy.text(),
    own: named(all.filter(([key]) => !providerKeys.includes(key))),
    written: named(all),
    defaultRole: members.get('defaultRole')?.text(),
    durationSeconds: readSessionDuration(members.get('duration')),
    sessionName: members.get('sessionName')?.text(),
    flow: members.get('flow')?.oneOf(['auto', 'browser', 'device']) ?? 'auto',
    deviceHosts: readHosts(members.get('deviceHosts')),
    browser: readProgram(members.get('browser')),
    redirect: readRedirect(members.get('redirect')),
    pages: {success: pages?.get('success')?.url(), failure: pages?.get('failure')?.url()},
    parameters: members.get('parameters')?.textMap() ?? {},
    rememberSignIn: members.get('rememberSignIn')?.boolean() ?? true,
    tls: readTls(members.get('tls')),
  }
}

function readHosts(node: Node | undefined): readonly string[] {
  return (node?.list() ?? []).map(item => {
    const url = /[*/?#@\\]/.test(item.text()) ? null : URL.parse(`https://${item.text()}`)
    if (!url) throw item.complain('must be the name of a host such as login.example.com')
    return url.host
  })
}

function readTls(node: Node | undefined): TlsConfiguration | undefined {
  if (!node) return undefined
  const members = node.members(['ca', 'cert', 'key'])
  const [cert, key] = [members.get('cert'), members.get('key')]
  if (cert && !key) throw cert.complain('needs "key" beside it')
  if (key && !cert) throw key.complain('needs "cert" beside it')
  const file = (member: Node | undefined) => member && {path: member.text(), place: member.place()}
  return {ca: file(members.get('ca')), cert: file(cert), key: file(key)}
}

function readRedirect(node: Node | undefined): RedirectConfiguration {
  const members = node?.members(['host', 'ports', 'path'])
  const path = members?.get('path')
  if (path && !/^\/[\w\-./~]*$/.test(path.text())) throw path.complain('must be a path such as /callback')
  return {
    host: members?.get('host')?.oneOf(['127.0.0.1', 'localhost']),
    ports: members
      ?.get('ports')
      ?.list()
      .map(port => port.integer(1, 65_535)),
    path: path?.text(),
  }
}
