import {AwsOidcError, expectedFailure} from '../errors.ts'
import type {Keyring, SettingSpec} from '../plugin.ts'
import {memberOf} from '../text/json.ts'
import {Node} from './node.ts'

/** Where to find a secret setting; never the secret itself. */
export type SecretReference = {
  /** File, line, column and name of the setting. */
  readonly place: string
} & (
  | {readonly kind: 'env'; readonly name: string}
  | {readonly kind: 'command'; readonly command: readonly [string, ...string[]]}
  | {readonly kind: 'keyring'; readonly name: string; readonly setCommand: string}
)

type Specs = Readonly<Record<string, SettingSpec>>

/**
 * A strategy's settings, checked against its specs. `resolve` fetches secret ones, so this runs on a cache miss only.
 * Throws CONFIG_INVALID, naming the setting.
 */
export async function readSettings(
  specs: Specs,
  written: Readonly<Record<string, unknown>>,
  place: {
    readonly provider: string
    readonly locate: (setting: readonly string[]) => string
    readonly alsoKnown: readonly string[]
  },
  resolve: (reference: SecretReference) => Promise<string>,
): Promise<Record<string, unknown>> {
  const root = new Node(written, ['providers', place.provider], place.locate)
  const own = Object.keys(specs)
  const members = root.members([...own, ...place.alsoKnown])
  const settings: Record<string, unknown> = {}
  for (const [name, spec] of Object.entries(specs)) {
    const member = members.get(name)
    if (member) {
      settings[name] = spec.secret
        ? await resolve(readReference(member, place.provider, name))
        : readValue(member, spec)
    } else if (spec.default !== undefined) {
      settings[name] = spec.default
    } else if (spec.required && applies(spec, written)) {
      throw root.complain(`lacks "${name}" (${spec.description})`, `${name}: ...`)
    }
  }
  return settings
}

/** Whether a setting applies, given the others. */
export function applies(spec: SettingSpec, written: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(spec.when ?? {}).every(([name, value]) => memberOf(written, name) === value)
}

/** Checks one setting as written against the strategy's spec. Throws CONFIG_INVALID. */
export function readSetting(name: string, value: unknown, spec: SettingSpec, where: string): unknown {
  return readValue(new Node(value, [name], () => where), spec)
}

function readValue(node: Node, spec: SettingSpec): unknown {
  if (spec.oneOf) return node.oneOf(spec.oneOf.map(String))
  switch (spec.type) {
    case 'url':
      return node.url()
    case 'integer':
      return node.integer(0, Number.MAX_SAFE_INTEGER)
    case 'duration':
      return node.seconds()
    case 'boolean':
      return node.boolean()
    case 'list':
      return node.texts()
    default:
      return node.text()
  }
}

const referenceForms = '{env: NAME}, {command: [program, argument]} or {keyring: NAME}'

function readReference(node: Node, provider: string, setting: string): SecretReference {
  if (typeof node.value === 'string') {
    throw node.complain('is a secret and must not be in this file', referenceForms)
  }
  const place = node.place()
  const members = node.members(['env', 'command', 'keyring'])
  const [env, command, keyring] = [members.get('env'), members.get('command'), members.get('keyring')]
  if (members.size !== 1) throw node.complain(`must be ${referenceForms}`)
  if (env) return {place, kind: 'env', name: readVariableName(env)}
  const setCommand = `aws-oidc providers set-secret ${provider} ${setting}`
  if (keyring) return {place, kind: 'keyring', name: keyring.text(), setCommand}
  const [program, ...args] = command?.texts() ?? []
  if (program === undefined) throw node.complain(`must be ${referenceForms}`)
  return {place, kind: 'command', command: [program, ...args]}
}

/** Anything else may be the secret itself, and messages show the variable's name. */
function readVariableName(node: Node): string {
  const name = node.text()
  if (/^[a-z_][a-z\d_]*$/i.test(name)) return name
  throw node.complain('must be the name of a variable, and never the secret itself', referenceForms)
}

const commandMilliseconds = 30_000

/** The ways to read secrets. */
export interface SecretReaders {
  readonly env: Readonly<Record<string, string | undefined>>
  /** What a program prints. Its rejections must not contain any of that. */
  readonly run: (program: string, args: readonly string[], milliseconds: number) => Promise<string>
  readonly keyring: Keyring
}

/**
 * The secret behind a reference. A command gets 30 seconds and no shell. Throws CONFIG_INVALID, naming the setting, or
 * UNAVAILABLE if the keyring does not answer.
 */
export async function resolveSecret(reference: SecretReference, readers: SecretReaders): Promise<string> {
  const {place} = reference
  if (reference.kind === 'env') {
    const secret = memberOf(readers.env, reference.name)
    if (secret) return secret
    throw new AwsOidcError('CONFIG_INVALID', `${place}: the variable ${reference.name} is not set.`, {
      hint: `export ${reference.name}=...`,
    })
  }
  if (reference.kind === 'keyring') {
    const secret = await secretsIn(readers.keyring).get(reference.name)
    if (secret) return secret
    throw new AwsOidcError('CONFIG_INVALID', `${place}: there is no secret "${reference.name}" in the keyring.`, {
      hint: reference.setCommand,
    })
  }
  return printedSecret(reference.command, place, readers.run)
}

async function printedSecret(
  [program, ...args]: readonly [string, ...string[]],
  place: string,
  run: SecretReaders['run'],
): Promise<string> {
  const hint = `Run ${program} by hand, as written there, and see what it prints.`
  const printed = await run(program, args, commandMilliseconds).catch((error: unknown) => {
    // The arguments may contain a secret, so only the program is named.
    const reason = error instanceof Error ? error.message : 'unknown reason'
    throw (
      expectedFailure(error) ??
      new AwsOidcError('CONFIG_INVALID', `${place}: the command ${program} failed: ${reason}.`, {hint})
    )
  })
  const secret = printed.replace(/[\r\n]+$/, '')
  if (secret !== '') return secret
  throw new AwsOidcError('CONFIG_INVALID', `${place}: the command ${program} printed nothing.`, {hint})
}

/** The part of the keyring for secrets that users name, apart from entries of caches. */
export function secretsIn(keyring: Keyring): Keyring {
  const item = (name: string) => `secret/${name}`
  return {
    get: name => keyring.get(item(name)).catch(withOtherWays),
    set: (name, value) => keyring.set(item(name), value).catch(withOtherWays),
    remove: name => keyring.remove(item(name)).catch(withOtherWays),
  }
}

/** Replaces the keyring's own hint, which is about caches. */
function withOtherWays(error: unknown): never {
  const known = expectedFailure(error)
  if (!known) throw error
  throw new AwsOidcError(known.code, known.message, {
    hint: 'Unlock the keyring, or name the secret as {env: NAME} or {command: [program, argument]}.',
    cause: known.cause,
  })
}
