import {validationError} from './errors.ts'

/** A limit on one parameter, as in the API reference of STS. */
export interface Constraint {
  readonly parameter: string
  readonly required?: boolean
  readonly length?: readonly [minimum: number, maximum: number]
  readonly range?: readonly [minimum: number, maximum: number]
  /** The pattern for the whole value, as AWS prints it. */
  readonly pattern?: string
  /** Whether the error must not quote the value. */
  readonly secret?: boolean
}

export const roleArnConstraint: Constraint = {parameter: 'RoleArn', required: true, length: [20, 2048]}
export const roleSessionNameConstraint: Constraint = {
  parameter: 'RoleSessionName',
  required: true,
  length: [2, 64],
  pattern: '[\\w+=,.@-]*',
}
export const durationConstraint: Constraint = {parameter: 'DurationSeconds', range: [900, 43_200]}
export const policyConstraint: Constraint = {parameter: 'Policy', length: [1, 2048]}

/** Throws all violations in one message, as AWS does. */
export function checkConstraints(parameters: URLSearchParams, constraints: readonly Constraint[]): void {
  refuseViolations(constraints.flatMap(constraint => violationsOf(constraint, parameters.get(constraint.parameter))))
}

export function refuseViolations(violations: readonly string[]): void {
  if (violations.length === 0) return
  const detected = violations.length === 1 ? '1 validation error' : `${violations.length} validation errors`
  throw validationError(`${detected} detected: ${violations.join('; ')}`)
}

export function violation(value: string, path: string, must: string): string {
  return `Value ${value} at '${path}' failed to satisfy constraint: Member must ${must}`
}

/** The values of a list parameter: `Tags.member.1.Key`, `Tags.member.2.Key` and so on. */
export function listMembers(parameters: URLSearchParams, list: string, member?: string): readonly string[] {
  const values: string[] = []
  for (;;) {
    const position = `${list}.member.${values.length + 1}`
    const value = parameters.get(member === undefined ? position : `${position}.${member}`)
    if (value === null) return values
    values.push(value)
  }
}

/** Call this only after checking `durationConstraint`. */
export function durationOf(parameters: URLSearchParams): number {
  return Number(parameters.get('DurationSeconds') ?? 3600)
}

function violationsOf(constraint: Constraint, value: string | null): string[] {
  const path = constraint.parameter.charAt(0).toLowerCase() + constraint.parameter.slice(1)
  if (value === null) return constraint.required ? [violation('null', path, 'not be null')] : []
  const shown = constraint.secret ? "'***'" : `'${value}'`
  return wrongs(constraint, value).map(must => violation(shown, path, must))
}

function wrongs({length, range, pattern}: Constraint, value: string): string[] {
  const must: string[] = []
  if (length && value.length < length[0]) must.push(`have length greater than or equal to ${length[0]}`)
  if (length && value.length > length[1]) must.push(`have length less than or equal to ${length[1]}`)
  if (range && !/^\d+$/.test(value)) must.push('be an integer')
  if (range && Number(value) < range[0]) must.push(`have value greater than or equal to ${range[0]}`)
  if (range && Number(value) > range[1]) must.push(`have value less than or equal to ${range[1]}`)
  if (pattern && !new RegExp(`^(?:${pattern})$`).test(value)) {
    must.push(`satisfy regular expression pattern: ${pattern}`)
  }
  return must
}
