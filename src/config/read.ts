import {type Document, isMap, isNode, isScalar, LineCounter} from 'yaml'
import {AwsOidcError} from '../errors.ts'
import {named} from '../text/json.ts'
import {readAccounts} from './accounts.ts'
import {readAllowed} from './allow.ts'
import {contentOf, documentOf} from './document.ts'
import {Node} from './node.ts'
import {checkReferences, readProfile} from './profile.ts'
import {readProvider} from './provider.ts'
import type {Configuration} from './schema.ts'
import {readProgram} from './values.ts'

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
    const message = problem.code === 'NON_STRING_KEY' ? 'A name must be text' : problem.message
    throw new AwsOidcError('CONFIG_INVALID', `${at(problem.pos[0])}: ${message}.`, {
      hint: 'Fix that line; until then, the file is neither read nor written.',
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
      hint: 'Write out the values in place of "*name".',
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
    ...readAllowed(members.get('plugins')?.members(['allow']).get('allow')),
    accounts: readAccounts(members.get('accounts')),
    providers,
    profiles,
  }
}

function readNamed<Value>(node: Node | undefined, read: (name: string, node: Node) => Value): Record<string, Value> {
  return named([...(node?.members() ?? [])].map(([name, member]) => [name, read(name, member)] as const))
}
