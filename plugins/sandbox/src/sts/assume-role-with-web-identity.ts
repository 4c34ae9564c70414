import {accountId, type Role} from '../account.ts'
import type {StsCall} from './call.ts'
import {accessDenied} from './errors.ts'
import {
  type Constraint,
  checkConstraints,
  durationConstraint,
  durationOf,
  policyConstraint,
  roleArnConstraint,
  roleSessionNameConstraint,
} from './parameters.ts'
import {findRole, issueSession} from './roles.ts'
import {checkSessionPolicy} from './session-policy.ts'
import {verifyWebIdentityToken, type WebIdentity} from './web-identity-token.ts'
import type {XmlMembers} from './xml.ts'

const constraints: readonly Constraint[] = [
  roleArnConstraint,
  roleSessionNameConstraint,
  {parameter: 'WebIdentityToken', required: true, length: [4, 20_000], secret: true},
  {parameter: 'ProviderId', length: [4, 2048]},
  durationConstraint,
  policyConstraint,
]

export async function assumeRoleWithWebIdentity({parameters, state}: StsCall): Promise<XmlMembers> {
  checkConstraints(parameters, constraints)
  const packed = checkSessionPolicy(parameters)
  const role = findRole(parameters.get('RoleArn') ?? '', state.roles)
  const identity = await verifyWebIdentityToken(parameters.get('WebIdentityToken') ?? '', state)
  if (!role || !trusts(role, identity)) throw accessDenied('Not authorized to perform sts:AssumeRoleWithWebIdentity')
  const session = issueSession(role, parameters.get('RoleSessionName') ?? '', durationOf(parameters), state)
  return {
    ...session,
    ...packed,
    Provider: `arn:aws:iam::${accountId}:oidc-provider/${identity.issuer.replace(/^https?:\/\//, '')}`,
    Audience: identity.audience,
    SubjectFromWebIdentityToken: identity.subject,
  }
}

function trusts({audiences, subjects}: Role, {audience, subject}: WebIdentity): boolean {
  return audiences.includes(audience) && (subjects === undefined || subjects.includes(subject))
}
