import type {StsCall} from './call.ts'
import {verifyCaller} from './caller.ts'
import {accessDenied, validationError} from './errors.ts'
import {
  type Constraint,
  checkConstraints,
  durationConstraint,
  durationOf,
  listMembers,
  policyConstraint,
  refuseViolations,
  roleArnConstraint,
  roleSessionNameConstraint,
  violation,
} from './parameters.ts'
import {findRole, issueSession, sessionArn} from './roles.ts'
import {checkSessionPolicy} from './session-policy.ts'
import type {XmlMembers} from './xml.ts'

const chainingLimitSeconds = 3600

const constraints: readonly Constraint[] = [
  roleArnConstraint,
  roleSessionNameConstraint,
  durationConstraint,
  policyConstraint,
  {parameter: 'ExternalId', length: [2, 1224], pattern: '[\\w+=,.@:\\/-]*'},
  {parameter: 'SerialNumber', length: [9, 256], pattern: '[\\w+=/:,.@-]*'},
  {parameter: 'TokenCode', length: [6, 6], pattern: '[\\d]*', secret: true},
  {parameter: 'SourceIdentity', length: [2, 64], pattern: '[\\w+=,.@-]*'},
]

export async function assumeRole(call: StsCall): Promise<XmlMembers> {
  const {parameters, state} = call
  const caller = verifyCaller(call)
  checkConstraints(parameters, constraints)
  checkTags(parameters)
  const packed = checkSessionPolicy(parameters)
  const arn = parameters.get('RoleArn') ?? ''
  const role = findRole(arn, state.roles)
  if (!role?.trustedRoles.includes(caller.roleName)) {
    throw accessDenied(`User: ${sessionArn(caller)} is not authorized to perform: sts:AssumeRole on resource: ${arn}`)
  }
  // The sandbox has no IAM users, so every caller is a role session and every call is chaining.
  const durationSeconds = durationOf(parameters)
  if (durationSeconds > chainingLimitSeconds) {
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    )
  }
  const session = issueSession(role, parameters.get('RoleSessionName') ?? '', durationSeconds, state, true)
  return {...session, ...packed, SourceIdentity: parameters.get('SourceIdentity') ?? undefined}
}

function checkTags(parameters: URLSearchParams): void {
  const keys = listMembers(parameters, 'Tags', 'Key')
  const transitive = listMembers(parameters, 'TransitiveTagKeys')
  const violations: string[] = []
  if (keys.length > 50) violations.push(tooMany(keys, 'tags'))
  if (transitive.length > 50) violations.push(tooMany(transitive, 'transitiveTagKeys'))
  keys.forEach((key, index) => {
    const value = parameters.get(`Tags.member.${index + 1}.Value`)
    const path = `tags.${index + 1}.member`
    if (key.length < 1) violations.push(violation(`'${key}'`, `${path}.key`, 'have length greater than or equal to 1'))
    if (key.length > 128) violations.push(violation(`'${key}'`, `${path}.key`, 'have length less than or equal to 128'))
    if (value === null) violations.push(violation('null', `${path}.value`, 'not be null'))
    if (value && value.length > 256) {
      violations.push(violation(`'${value}'`, `${path}.value`, 'have length less than or equal to 256'))
    }
  })
  refuseViolations(violations)
}

function tooMany(values: readonly string[], path: string): string {
  return violation(`'[${values.join(', ')}]'`, path, 'have length less than or equal to 50')
}
