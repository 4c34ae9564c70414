import {readRole} from '../aws/role.ts'
import {assumeRole, assumeRoleWithWebIdentity, type NamedRequest} from '../aws/sts.ts'
import {StsRefusal} from '../aws/sts-failure.ts'
import {inspectWebIdentity} from '../aws/web-identity.ts'
import {AwsOidcError} from '../errors.ts'
import type {AwsCredentials, Proof, Role} from '../plugin.ts'
import {orOurClock} from './clock-offset.ts'
import type {Dependencies, RoleDependencies} from './dependencies.ts'
import type {Issued} from './issued.ts'
import type {Plan, Step} from './plan.ts'
import {rememberedUser, type User} from './remembered-user.ts'
import {nameOf} from './role-choice.ts'
import {sessionNameOf} from './session-name.ts'
import {withStepDown} from './step-down.ts'
import {stsFor} from './sts-transport.ts'

/** Exchanges a proof for a role's credentials: at AWS STS, unless it holds them. */
export async function redeem(
  proof: Proof,
  role: Role,
  user: User,
  step: Step,
  plan: Plan,
  deps: RoleDependencies,
): Promise<Issued> {
  switch (proof.kind) {
    case 'credentials':
      return issuedFor(proof.credentials, handedOut(role), 0, deps)
    case 'web-identity':
      return redeemToken(proof.token, role, user, step, plan, deps)
    case 'saml': {
      // Only those who use SAML pay for the XML parser.
      const {redeemAssertion} = await import('./redeem-saml.ts')
      const {credentials, offset} = await redeemAssertion(proof.document, role, step, plan, deps)
      return issuedFor(credentials, role, offset, deps)
    }
  }
}

/**
 * Who hands out credentials, as IAM Identity Center does, calls a permission set what is no role's name at AWS: a short
 * name that the user wrote is then not one that an ARN was left out of.
 */
function handedOut({arn, ...role}: Role): Role {
  const isShort = arn === readRole(`${role.accountId}/${role.name}`, 'role').arn
  return isShort || arn === undefined ? role : {...role, arn}
}

async function redeemToken(
  token: string,
  role: Role,
  user: User,
  step: Step,
  plan: Plan,
  deps: RoleDependencies,
): Promise<Issued> {
  const sts = stsFor(role, step.profile, deps)
  const advice = inspectWebIdentity(token, sts.endpoint)
  const request = requestFor(role, user, step, deps)
  try {
    const credentials = await withStepDown(request, plan, deps, asked => assumeRoleWithWebIdentity(asked, token, sts))
    return issuedFor(credentials, role, sts.offset(), deps)
  } catch (error) {
    throw error instanceof StsRefusal ? error.withAdvice(advice) : error
  }
}

/** Assumes a step's role with the credentials of the step before. */
export async function switchRole(source: Issued, step: Step, plan: Plan, deps: RoleDependencies): Promise<Issued> {
  if (!step.role) throw new Error('a switch names its role')
  const sts = stsFor(step.role, step.profile, deps)
  const request = requestFor(step.role, await rememberedUser(plan.providerId, deps), step, deps)
  const {externalId, tags, transitiveTags, sourceIdentity} = step.profile ?? {}
  const switching = {...request, externalId, tags, transitiveTags, sourceIdentity}
  const credentials = await assumeRole(switching, source.credentials, sts)
  return issuedFor(credentials, step.role, sts.offset(), deps)
}

function requestFor(
  role: Role,
  user: User | undefined,
  {durationSeconds, sessionName, profile}: Step,
  {log}: Pick<Dependencies, 'log'>,
): NamedRequest {
  const {name, note} = sessionNameOf(sessionName, user)
  if (note !== undefined) log.info(note)
  return {
    role: role.arn === undefined ? readRole(nameOf(role), 'role') : {...role, arn: role.arn},
    durationSeconds,
    sessionName: name,
    policy: profile?.policy,
    policyArns: profile?.policyArns,
  }
}

/** Throws BAD_RESPONSE for expired credentials: the AWS SDKs for Go and Java would use them without complaint. */
function issuedFor(
  credentials: AwsCredentials,
  role: Role,
  offset: number,
  deps: Pick<Dependencies, 'clock' | 'env' | 'platform' | 'secrets' | 'network'>,
): Issued {
  const {clock, secrets} = deps
  secrets.add(credentials.secretAccessKey)
  secrets.add(credentials.sessionToken)
  const end = credentials.expiration.getTime()
  if (end - offset <= clock.now().getTime()) {
    const when = credentials.expiration.toISOString()
    const what = `The credentials of ${nameOf(role)} had already expired, at ${when}, when they arrived.`
    const hint = 'Check the clock of this machine, and what answers at the STS endpoint.'
    throw orOurClock(new AwsOidcError('BAD_RESPONSE', what, {hint}), deps)
  }
  return {
    credentials,
    role: nameOf(role),
    accountId: role.accountId,
    obtainedAt: clock.now(),
    expiresAt: new Date(Math.min(end, end - offset)),
  }
}
