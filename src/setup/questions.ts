import type {Dependencies} from '../credentials/dependencies.ts'
import {AwsOidcError, expectedFailure, printable} from '../errors.ts'
import {tryLines} from '../formats/failure.ts'
import {type Back, back} from '../terminal/dialogue.ts'
import type {Draft} from './draft.ts'
import type {Field} from './fields.ts'

const yourAnswer = 'Your answer'

/** The user's answer: a value to write and perhaps a typed secret, or `none` to leave the setting out. */
export type Answer =
  | Back
  | {readonly kind: 'none'}
  | {readonly kind: 'value'; readonly value: unknown; readonly secret?: readonly [name: string, secret: string]}

/** Asks for one setting, in the way that its spec says. */
export async function askField(
  field: Field,
  draft: Draft,
  required: boolean,
  deps: Pick<Dependencies, 'secrets' | 'dialogue'>,
): Promise<Answer> {
  const {spec, name} = field
  const question = `${name} (${spec.description})`
  if (spec.secret) return askSecret(field, draft, required, deps)
  if (spec.oneOf || spec.type === 'boolean') {
    const values = spec.oneOf?.map(String) ?? ['true', 'false']
    return askChoice(question, values, field, draft, required, deps)
  }
  const usual = textOf(draft.answers.get(name) ?? spec.default)
  const asked = required ? question : `${question}; empty for none`
  const typed = await deps.dialogue.text(asked, {
    ...(usual !== '' && required && {default: usual}),
    check: answer => (answer === '' ? (required ? 'This is required.' : undefined) : problemOf(field, answer)),
  })
  if (typed === back) return back
  return typed === '' ? {kind: 'none'} : {kind: 'value', value: field.read(typed, yourAnswer)}
}

async function askChoice(
  question: string,
  values: readonly string[],
  field: Field,
  {answers}: Draft,
  required: boolean,
  {dialogue}: Pick<Dependencies, 'dialogue'>,
): Promise<Answer> {
  const choices = values.map(value => ({label: value, value}))
  const none = {label: 'none of them', value: ''}
  const usual = textOf(answers.get(field.name) ?? field.spec.default)
  const chosen = await dialogue.choose(question, required ? choices : [...choices, none], usual)
  if (chosen === back) return back
  return chosen === '' ? {kind: 'none'} : {kind: 'value', value: field.read(chosen, yourAnswer)}
}

/** Asks where the secret is: the configuration holds only a reference to it. */
async function askSecret(
  {name, spec}: Field,
  draft: Draft,
  required: boolean,
  deps: Pick<Dependencies, 'secrets' | 'dialogue'>,
): Promise<Answer> {
  const {dialogue, secrets} = deps
  const now = draft.answers.get(name)
  const way = await dialogue.choose(`${name} (${spec.description}): where is it?`, [
    ...(now === undefined ? [] : [{label: `where it is now: ${textOf(now)}`, value: 'now'} as const]),
    {label: 'I type it now, to be stored in the keyring of this system', value: 'keyring'},
    {label: 'in an environment variable', value: 'env'},
    {label: 'a command prints it', value: 'command'},
    ...(required ? [] : [{label: 'there is none', value: 'none'}]),
  ] as const)
  if (way === back) return back
  if (way === 'none') return {kind: 'none'}
  if (way === 'now') return {kind: 'value', value: now}
  if (way === 'keyring') {
    const secret = await dialogue.secret(name)
    secrets.add(secret)
    if (secret === '') return askSecret({name, spec, read: () => undefined}, draft, required, deps)
    const inKeyring = secretNameFor(name, draft)
    return {kind: 'value', value: {keyring: inKeyring}, secret: [inKeyring, secret]}
  }
  const typed = await dialogue.text(way === 'env' ? 'Name of the variable' : 'The command, started without a shell', {
    check: answer => {
      if (way === 'command') return /\S/.test(answer) ? undefined : 'This is required.'
      return /^[a-z_]\w*$/i.test(answer) ? undefined : 'This is not the name of a variable.'
    },
  })
  if (typed === back) return askSecret({name, spec, read: () => undefined}, draft, required, deps)
  return {kind: 'value', value: way === 'env' ? {env: typed} : {command: typed.split(/\s+/)}}
}

/** Asks whether to change an entry that already has the chosen name. */
export async function mayChange(
  what: string,
  {dialogue, configuration}: Pick<Dependencies, 'configuration' | 'dialogue'>,
): Promise<boolean> {
  const answer = await dialogue.choose(`There is already ${what} in ${configuration.path}.`, [
    {label: 'Change it', value: true},
    {label: 'Choose another name', value: false},
  ])
  return answer === true
}

/** The secret's name in the keyring, the same as `providers set-secret` uses. */
function secretNameFor(setting: string, {provider, fields}: Draft): string {
  return fields.filter(({spec}) => spec.secret).length === 1 ? provider : `${provider}-${setting}`
}

function problemOf(field: Field, answer: string): string | undefined {
  try {
    field.read(answer, yourAnswer)
    return undefined
  } catch (error) {
    if (!(error instanceof AwsOidcError)) throw error
    return [error.message, error.hint].filter(Boolean).join(' ')
  }
}

/** A value as the user would type it. */
export function textOf(value: unknown): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return value.join(',')
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, member]) => `${name}=${String(member)}`)
      .join('&')
  }
  return printable(String(value))
}

/** Reports an expected failure, so that the user can decide what to do. Rethrows bugs and Ctrl-C. */
export function told(error: unknown, {tell, signal}: Pick<Dependencies, 'signal' | 'tell'>): undefined {
  const failure = expectedFailure(error)
  if (!failure || signal.aborted || failure.code === 'INTERRUPTED') throw error
  tell([...failure.message.split('\n'), ...tryLines(failure.hint)])
  return undefined
}
