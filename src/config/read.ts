import {type Document, isMap, isNode, isScalar, LineCounter} from 'yaml'
import {AwsOidcError} from '../errors.ts'
import {named} from '../text/json.ts'
import {readAccounts} from './accounts.ts'
import {contentOf, documentOf} from './document.ts'
import {checkSessionDuration, isSessionDuration} from './duration.ts'
import {Node} from './node.ts'
import type {
  Configuration,
  ProfileConfiguration,
  Program,
  ProviderConfiguration,
  RedirectConfiguration,
  StsConfiguration,
  TlsConfiguration,
} from './schema.ts'

/** A text and the value that it parses to. */
export interface ParsedText {
  readonly text: string
  readonly value: unknown
}

/**
 * The configuration in `text`, or an empty one where there is no file. Throws CONFIG_INVALID, naming line and column,
 * on anything unknown: an ignored typo would be found only in production. If `known` is of the same text, that is
 * parsed again only when the position of a setting is needed.
 */
export function readConfiguration(path: string, text: string | undefined, known?: ParsedText): Configuration {
  let parsing: ReturnType<typeof parsed> | undefined
  const parse = () => {
    parsing ??= parsed(path, text ?? '')
    return parsing
  }
  const locate = (where: readonly string[]) => {
    const {document, at} = parse()
    const offset = offsetOf(document, where)
    return offset === undefined ? path : at(offset)
  }
  const value = known && known.text === text ? known.value : plainValue(parse().document, path)
  return {...readRoot(path, new Node(value, [], locate)), locate, found: text !== undefined}
}

/** The `known` for the next `readConfiguration`. Throws CONFIG_INVALID if the text is damaged. */
export function parseConfiguration(path: string, text: string): ParsedText {
  return {text, value: plainValue(parsed(path, text).document, path)}
}

/** The content of another YAML file. Throws CONFIG_INVALID, naming line and column, if it is damaged. */
export function readYaml(path: string, text: string): unknown {
  return plainValue(parsed(path, text).document, path)
}

function parsed(path: string, text: string) {
  const lines = new LineCounter()
  const document = documentOf(text, lines)
  const at = (offset: number) => {
    const {line, col} = lines.linePos(offset)
    return `${path}:${line}:${col}`
  }
  const [problem] = document.errors
  if (problem) {
    const message = problem.code === 'NON_STRING_KEY' ? 'A name must be a text' : problem.message
    throw new AwsOidcError('CONFIG_INVALID', `${at(problem.pos[0])}: ${message}.`, {
      hint: 'Mend that line; until then nothing is read from the file, and nothing written to it.',
    })
  }
  return {document, at}
}

/** The offset of a setting's name, or of a list's item. */
function offsetOf(document: Document, where: readonly string[]): number | undefined {
  const parent: unknown = document.getIn(where.slice(0, -1), true)
  const pair = isMap(parent)
    ? parent.items.find(({key}) => isScalar(key) && String(key.value) === where.at(-1))
    : undefined
  const node: unknown = pair ? pair.key : document.getIn(where, true)
  return isNode(node) ? node.range?.[0] : undefined
}

function plainValue(document: Document, path: string): unknown {
  try {
    return contentOf(document)
  } catch (error) {
    throw new AwsOidcError('CONFIG_INVALID', `${path}: its aliases can't be resolved.`, {
      hint: 'Write the values out where "*name" stands.',
      cause: error,
    })
  }
}

const rootKeys = ['cache', 'hotCopies', 'interactive', 'browser', 'plugins', 'accounts', 'providers', 'profiles']

function readRoot(path: string, root: Node): Omit<Configuration, 'found' | 'locate'> {
  const members = root.members(rootKeys)
  const providers = readNamed(members.get('providers'), readProvider)
  const profiles = readNamed(members.get('profiles'), readProfile)
  for (const [name, node] of members.get('profiles')?.members() ?? []) {
    checkReferences(profiles[name], node, providers, profiles)
  }
  return {
    path,
    cache: members.get('cache')?.text() ?? 'auto',
    hotCopies: members.get('hotCopies')?.oneOf(['auto', 'never']) ?? 'auto',
    interactive: members.get('interactive')?.oneOf(['auto', 'always', 'never']) ?? 'auto',
    browser: readProgram(members.get('browser')),
    allowedPlugins: members.get('plugins')?.members(['allow']).get('allow')?.texts(),
    accounts: readAccounts(members.get('accounts')),
    providers,
    profiles,
  }
}

function readNamed<Value>(node: Node | undefined, read: (name: string, node: Node) => Value): Record<string, Value> {
  return named([...(node?.members() ?? [])].map(([name, member]) => [name, read(name, member)] as const))
}

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

function readProvider(name: string, node: Node): ProviderConfiguration {
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

const profileKeys = [
  'provider',
  'source',
  'role',
  'region',
  'duration',
  'sessionName',
  'externalId',
  'tags',
  'transitiveTags',
  'sourceIdentity',
  'policy',
  'policyArns',
  'output',
  'sts',
]

/** AWS STS accepts these for AssumeRole only, not for the federated calls of a profile with a `provider`. */
const sourceOnly = ['externalId', 'tags', 'transitiveTags', 'sourceIdentity']

function readProfile(name: string, node: Node): ProfileConfiguration {
  const members = node.members(profileKeys)
  const [provider, source] = [members.get('provider'), members.get('source')]
  if ((provider === undefined) === (source === undefined)) {
    throw node.complain('must name either a provider or a source', 'provider: NAME, or source: PROFILE')
  }
  for (const key of provider ? sourceOnly : []) {
    const misplaced = members.get(key)
    if (misplaced) throw misplaced.complain('needs a profile with a "source": AWS takes it when switching roles only')
  }
  if (source && !members.has('role')) throw node.complain('has a source but no role to switch to')
  const tags = members.get('tags')?.textMap()
  return {
    name,
    written: named([...members].map(([key, member]) => [key, member.value] as const)),
    providers: provider === undefined ? [] : Array.isArray(provider.value) ? provider.texts() : [provider.text()],
    source: source?.text(),
    role: members.get('role')?.text(),
    region: members.get('region')?.region(),
    output: members.get('output')?.text(),
    durationSeconds: readSessionDuration(members.get('duration')),
    sessionName: members.get('sessionName')?.text(),
    externalId: members.get('externalId')?.text(),
    tags,
    transitiveTags: readTransitiveTags(members.get('transitiveTags'), tags),
    sourceIdentity: members.get('sourceIdentity')?.text(),
    policy: members.get('policy')?.text(),
    policyArns: members.get('policyArns')?.texts(),
    sts: readSts(members.get('sts')),
  }
}

function readTransitiveTags(node: Node | undefined, tags: ProfileConfiguration['tags']): readonly string[] | undefined {
  const known = Object.keys(tags ?? {})
  for (const item of node?.list() ?? []) {
    if (!known.includes(item.text())) throw item.complain('must be the name of one of the "tags"', known.join(', '))
  }
  return node?.texts()
}

function readSts(node: Node | undefined): StsConfiguration {
  const members = node?.members(['region', 'endpoint', 'fips', 'dualstack'])
  return {
    region: members?.get('region')?.region(),
    endpoint: members?.get('endpoint')?.url(),
    fips: members?.get('fips')?.boolean(),
    dualstack: members?.get('dualstack')?.boolean(),
  }
}

function checkReferences(
  profile: ProfileConfiguration | undefined,
  node: Node,
  providers: Configuration['providers'],
  profiles: Configuration['profiles'],
): void {
  for (const provider of profile?.providers ?? []) {
    if (!Object.hasOwn(providers, provider)) throw node.complain(`names a provider "${provider}" that isn't there`)
  }
  const way = new Set<string>()
  for (let at = profile; at?.source !== undefined; at = profiles[at.source]) {
    if (!Object.hasOwn(profiles, at.source)) throw node.complain(`names a source "${at.source}" that isn't there`)
    if (way.has(at.name)) {
      const ring = [...[...way].slice([...way].indexOf(at.name)), at.name].join(' > ')
      throw node.complain(`has sources that lead back to themselves: ${ring}`, 'provider: NAME')
    }
    way.add(at.name)
  }
}

function readSessionDuration(node: Node | undefined): number | undefined {
  const seconds = node?.seconds()
  // Only an invalid value needs its position, for which the text has to be parsed.
  return !node || seconds === undefined || isSessionDuration(seconds)
    ? seconds
    : checkSessionDuration(seconds, node.place())
}

function readProgram(node: Node | undefined): Program | undefined {
  if (!node) return undefined
  const [program, ...args] = Array.isArray(node.value) ? node.texts() : [node.text()]
  if (program === undefined) throw node.complain('must name a program')
  return [program, ...args]
}
