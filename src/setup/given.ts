import {nearest} from '../config/nearest.ts'
import {applies} from '../config/settings.ts'
import {AwsOidcError, expectedFailure, printable} from '../errors.ts'
import type {Answers, Field, Specs} from './fields.ts'

const where = '--set'

/** The answers that `--set name=value` gives, and what is wrong with those that this strategy can't take. */
export function givenAnswers(
  set: readonly string[],
  fields: readonly Field[],
): {readonly answers: Answers; readonly problems: readonly string[]} {
  const answers = new Map<string, unknown>()
  const problems: string[] = []
  for (const pair of set) {
    try {
      const [name, value] = answerOf(pair, fields)
      answers.set(name, merged(answers.get(name), value))
    } catch (error) {
      const known = expectedFailure(error)
      if (!known) throw error
      problems.push(known.hint === undefined ? known.message : `${known.message} ${known.hint}`)
    }
  }
  return {answers, problems}
}

/** Merges mappings, so that `parameters.a=1` and `parameters.b=2` both count; else the later value wins. */
function merged(earlier: unknown, value: unknown): unknown {
  const both = [earlier, value].every(one => typeof one === 'object' && one !== null && !Array.isArray(one))
  return both ? Object.assign({}, earlier, value) : value
}

function answerOf(pair: string, fields: readonly Field[]): readonly [string, unknown] {
  const at = pair.indexOf('=')
  const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
  if (value === '')
    throw new AwsOidcError('USAGE', `${where}: "${printable(name, 60)}" has no value; write NAME=VALUE.`)
  const [outer = name, inner] = name.split('.')
  const field = fields.find(field => field.name === name) ?? fields.find(field => field.name === outer && inner)
  if (!field) throw unknown(name, fields)
  if (field.spec.secret) return [field.name, referenceOf(field.name, inner, value)]
  if (inner && field.name === outer) return [field.name, {[inner]: value}]
  return [field.name, field.read(value, where)]
}

/** A reference to a secret. The secret itself is refused: every program on this machine can read our arguments. */
function referenceOf(name: string, kind: string | undefined, value: string): Readonly<Record<string, string>> {
  if (kind === 'env' || kind === 'keyring') return {[kind]: value}
  throw new AwsOidcError(
    'USAGE',
    `${where}: ${name} is a secret and can't be an argument; use ${name}.env=VARIABLE or ${name}.keyring=NAME.`,
  )
}

function unknown(name: string, fields: readonly Field[]): AwsOidcError {
  const names = fields.map(field => field.name)
  const near = nearest(name, names)
  const instead = near === undefined ? `Known: ${names.join(', ')}.` : `Did you mean "${near}"?`
  return new AwsOidcError('USAGE', `${where}: there is no setting "${printable(name, 60)}". ${instead}`)
}

/** The required fields that have no answer yet. */
export function missingFields(specs: Specs, fields: readonly Field[], answers: Answers): readonly Field[] {
  return requiredFields(specs, fields, answers).filter(({name}) => !answers.has(name))
}

/** The fields that are required, given the answers so far. */
export function requiredFields(specs: Specs, fields: readonly Field[], answers: Answers): readonly Field[] {
  const written = {...defaultsOf(specs), ...Object.fromEntries(answers)}
  return fields.filter(({spec}) => spec.required && spec.default === undefined && applies(spec, written))
}

/** The fields that apply, given the answers so far. */
export function possibleFields(specs: Specs, fields: readonly Field[], answers: Answers): readonly Field[] {
  const written = {...defaultsOf(specs), ...Object.fromEntries(answers)}
  return fields.filter(({spec}) => applies(spec, written))
}

function defaultsOf(specs: Specs): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(specs).flatMap(([name, spec]) => (spec.default === undefined ? [] : [[name, spec.default]])),
  )
}
