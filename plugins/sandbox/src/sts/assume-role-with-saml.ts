import {createHash} from 'node:crypto'
import {accountId, type Role} from '../account.ts'
import type {SandboxState} from '../state.ts'
import type {StsCall} from './call.ts'
import {accessDenied, invalidIdentityToken} from './errors.ts'
import {
  type Constraint,
  checkConstraints,
  durationConstraint,
  durationOf,
  policyConstraint,
  roleArnConstraint,
} from './parameters.ts'
import {samlProvider} from './providers.ts'
import {checkMaximum, findRole, issueSession} from './roles.ts'
import {type AssertedIdentity, verifySamlAssertion} from './saml/assertion.ts'
import {checkSessionPolicy} from './session-policy.ts'
import type {XmlMembers} from './xml.ts'

const constraints: readonly Constraint[] = [
  roleArnConstraint,
  {parameter: 'PrincipalArn', required: true, length: [20, 2048]},
  {parameter: 'SAMLAssertion', required: true, length: [4, 100_000], secret: true},
  durationConstraint,
  policyConstraint,
]

export async function assumeRoleWithSaml({parameters, state}: StsCall): Promise<XmlMembers> {
  checkConstraints(parameters, constraints)
  const packed = checkSessionPolicy(parameters)
  const [roleArn, principalArn] = [parameters.get('RoleArn') ?? '', parameters.get('PrincipalArn') ?? '']
  const role = findRole(roleArn, state.roles)
  const provider = samlProvider(principalArn, state)
  if (!provider) throw invalidIdentityToken("Specified provider doesn't exist")
  const identity = verifySamlAssertion(parameters.get('SAMLAssertion') ?? '', provider, state.clock.now())
  if (!role || !offers(identity, roleArn, principalArn) || !trusts(role, identity)) {
    throw accessDenied('Not authorized to perform sts:AssumeRoleWithSAML')
  }
  checkMaximum(role, durationOf(parameters))
  const {issuer, name} = provider
  return {
    ...issueSession(role, identity.roleSessionName, secondsOf(identity, durationOf(parameters), state), state),
    ...packed,
    Subject: identity.subject.name,
    SubjectType: identity.subject.type,
    Issuer: issuer,
    Audience: identity.subject.recipient,
    NameQualifier: createHash('sha1').update(`${issuer}${accountId}/${name}`).digest('base64'),
  }
}

function offers({roles}: AssertedIdentity, roleArn: string, principalArn: string): boolean {
  return roles.includes(`${roleArn},${principalArn}`) || roles.includes(`${principalArn},${roleArn}`)
}

/** Refuses tags and a source identity, which a trust policy must allow explicitly and none does here. */
function trusts({samlAudiences}: Role, {subject, hasTags}: AssertedIdentity): boolean {
  return subject.name !== '' && !hasTags && samlAudiences.includes(subject.recipient)
}

/** The assertion may shorten the session, but never lengthen it. */
function secondsOf({sessionSeconds, sessionEndsAt}: AssertedIdentity, asked: number, {clock}: SandboxState): number {
  const untilEnd = sessionEndsAt && Math.floor((sessionEndsAt.getTime() - clock.now().getTime()) / 1000)
  return Math.min(asked, sessionSeconds ?? asked, untilEnd ?? asked)
}
