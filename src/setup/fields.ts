import {readRole} from '../aws/role.ts'
import {checkSessionDuration} from '../config/duration.ts'
import {readSetting} from '../config/settings.ts'
import {AwsOidcError} from '../errors.ts'
import type {SettingSpec} from '../plugin.ts'

export type Specs = Readonly<Record<string, SettingSpec>>
/** Settings by name, as they will be written. */
export type Answers = ReadonlyMap<string, unknown>

/** A setting of a provider that setup asks for, or takes from `--set`. */
export interface Field {
  /** The setting's name in the configuration; a member of a mapping has a dot, such as `tls.cert`. */
  readonly name: string
  readonly spec: SettingSpec
  /** The value to write for an answer. Throws CONFIG_INVALID, naming `where` the answer was given. */
  readonly read: (answer: string, where: string) => unknown
}

/** All fields of a provider: the strategy's own settings, then those that every provider has. */
export function fieldsOf(specs: Specs): readonly Field[] {
  return [...Object.entries(specs).map(([name, spec]) => fieldOf(name, spec)), ...hostFields]
}

function fieldOf(name: string, spec: SettingSpec, check: Check = () => undefined): Field {
  return {
    name,
    spec,
    read(answer, where) {
      const value = writtenValue(answer, spec)
      readSetting(name, value, spec, where)
      check(value, `${where}: ${name}`)
      return value
    },
  }
}

type Check = (value: unknown, where: string) => unknown

const path = (name: string, description: string) => fieldOf(name, {type: 'path', description})
const page = (name: string, description: string) => fieldOf(name, {type: 'url', description})

const hostFields: readonly Field[] = [
  fieldOf('defaultRole', {type: 'string', description: 'the role to use if a profile names none'}, (value, where) =>
    readRole(String(value), where),
  ),
  fieldOf('duration', {type: 'duration', description: 'of role sessions, 15m to 12h; 1h by default'}, checkDuration),
  fieldOf('sessionName', {type: 'string', description: "name of role sessions, such as '{email}'"}),
  fieldOf('flow', {type: 'string', description: 'how to sign in', oneOf: ['auto', 'browser', 'device']}),
  {
    name: 'parameters',
    spec: {type: 'string', description: 'added to the authorization request, such as kc_idp_hint=google&prompt=login'},
    read: readParameters,
  },
  {
    name: 'redirect.ports',
    spec: {type: 'list', description: 'ports for the redirect, if the provider compares them, such as 8400,8401'},
    read: readPorts,
  },
  fieldOf('redirect.path', {type: 'string', description: 'path of the redirect; /callback by default'}),
  page('pages.success', 'page to show after a sign-in instead of our own'),
  page('pages.failure', 'page to show after a sign-in that failed'),
  path('tls.cert', 'our certificate for the provider, a PEM file'),
  path('tls.key', 'its private key, a PEM file'),
  path('tls.ca', 'the authority of the provider, a PEM file'),
]

function writtenValue(answer: string, spec: SettingSpec): unknown {
  if (spec.type === 'list') return answer.split(/[\s,]+/).filter(item => item !== '')
  if (spec.type === 'integer' && /^\d+$/.test(answer)) return Number(answer)
  if (spec.type === 'boolean' && /^(true|yes|y|false|no|n)$/i.test(answer)) return /^(true|yes|y)$/i.test(answer)
  return answer
}

function checkDuration(value: unknown, where: string): void {
  const seconds = readSetting('duration', value, {type: 'duration', description: ''}, where)
  checkSessionDuration(Number(seconds), where)
}

/** Reads the answer as a URL query, in which only `%XX` and `+` are decoded. */
function readParameters(answer: string, where: string): Readonly<Record<string, string>> {
  const parameters = [...new URLSearchParams(answer)]
  const wrong = parameters.length === 0 || parameters.some(([name, value]) => name === '' || value === '')
  if (!wrong) return Object.fromEntries(parameters)
  throw new AwsOidcError('CONFIG_INVALID', `${where}: parameters must be names with values, such as prompt=login.`)
}

function readPorts(answer: string, where: string): readonly number[] {
  const ports = answer.split(/[\s,]+/).map(Number)
  if (ports.every(port => Number.isInteger(port) && port >= 1 && port <= 65_535)) return ports
  throw new AwsOidcError('CONFIG_INVALID', `${where}: redirect.ports must be numbers from 1 to 65535.`)
}

/** A provider's entry in the configuration: the strategy, then the answers in the order of the fields. */
export function entryOf(
  strategy: string,
  fields: readonly Field[],
  answers: Answers,
): Readonly<Record<string, unknown>> {
  const entry: Record<string, unknown> = {strategy}
  for (const {name} of fields) {
    if (!answers.has(name)) continue
    const [outer = name, inner] = name.split('.')
    const within: unknown = entry[outer]
    entry[outer] =
      inner === undefined ? answers.get(name) : {...(isObject(within) && within), [inner]: answers.get(name)}
  }
  return entry
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** The answers so far, else the defaults, parsed as a strategy gets them; secrets are left out. */
export function settingsSoFar(specs: Specs, answers: Answers): Record<string, unknown> {
  const settings: Record<string, unknown> = {}
  for (const [name, spec] of Object.entries(specs)) {
    const value = answers.get(name) ?? spec.default
    if (value !== undefined && !spec.secret)
      settings[name] = answers.has(name) ? readSetting(name, value, spec, '') : value
  }
  return settings
}
