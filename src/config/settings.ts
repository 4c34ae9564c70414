import {AwsOidcError} from '../errors.ts'
import type {Keyring, SettingSpec} from '../plugin.ts'
import {Node} from './node.ts'

/** Where a secret setting is to be found; never the secret itself. */
export type SecretReference =
  | {readonly kind: 'env'; readonly name: string}
  | {readonly kind: 'command'; readonly command: readonly [string, ...string[]]}
  | {readonly kind: 'keyring'; readonly name: string; readonly setCommand: string}

type Specs = Readonly<Record<string, SettingSpec>>

/**
 * A strategy's settings, checked against what it says it takes. Secret ones are resolved by `resolve`, which is why
 * this runs on a cache miss only. Throws CONFIG_INVALID naming the setting.
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

function applies(spec: SettingSpec, written: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(spec.when ?? {}).every(([name, value]) => written[name] === value)
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
    throw node.complain('is a secret and must not stand in this file', referenceForms)
  }
  const members = node.members(['env', 'command', 'keyring'])
  const [env, command, keyring] = [members.get('env'), members.get('command'), members.get('keyring')]
  if (members.size !== 1) throw node.complain(`must be ${referenceForms}`)
  if (env) return {kind: 'env', name: env.text()}
  const setCommand = `aws-oidc providers set-secret ${provider} ${setting}`
  if (keyring) return {kind: 'keyring', name: keyring.text(), setCommand}
  const [program, ...args] = command?.texts() ?? []
  if (program === undefined) throw node.complain(`must be ${referenceForms}`)
  return {kind: 'command', command: [program, ...args]}
}

/** The name of a secret in the keyring, apart from what caches keep there. */
export function secretItem(name: string): string {
  return `secret/${name}`
}

/** The secret behind a reference, through the doors handed in. A command gets 30 seconds and no shell. */
export async function resolveSecret(
  reference: SecretReference,
  doors: {
    readonly env: Readonly<Record<string, string | undefined>>
    readonly run: (program: string, args: readonly string[], milliseconds: number) => Promise<string>
    readonly keyring: Pick<Keyring, 'get'>
  },
): Promise<string> {
  if (reference.kind === 'env') {
    const secret = doors.env[reference.name]
    if (secret) return secret
    throw new AwsOidcError('CONFIG_INVALID', `The variable ${reference.name}, which holds a secret, is not set.`, {
      hint: `export ${reference.name}=...`,
    })
  }
  if (reference.kind === 'keyring') {
    const secret = await doors.keyring.get(secretItem(reference.name))
    if (secret) return secret
    throw new AwsOidcError('CONFIG_INVALID', `There is no secret "${reference.name}" in the keyring.`, {
      hint: reference.setCommand,
    })
  }
  const [program, ...args] = reference.command
  try {
    return (await doors.run(program, args, 30_000)).trimEnd()
  } catch {
    // What the command printed may hold the secret, and its error holds the command line: neither is passed on.
    throw new AwsOidcError('CONFIG_INVALID', `The command for a secret failed: ${program}.`, {
      hint: `Run ${program} by hand and see what it says.`,
    })
  }
}
