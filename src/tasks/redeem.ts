import {readRole} from '../aws/role.ts'
import {assumeRole, assumeRoleWithWebIdentity, type RoleRequest} from '../aws/sts.ts'
import {StsRefusal} from '../aws/sts-failure.ts'
import {inspectWebIdentity} from '../aws/web-identity.ts'
import {AwsOidcError} from '../errors.ts'
import type {AwsCredentials, Proof, Role} from '../plugin.ts'
import type {Issued} from './issued.ts'
import type {Parts} from './parts.ts'
import type {Plan, Step} from './plan.ts'
import {nameOf} from './role-choice.ts'
import {sessionNameOf} from './session-name.ts'
import {type Person, rememberedPerson} from './sign-in.ts'
import {stsFor} from './sts-door.ts'

/** Turns a proof into credentials of a role at AWS STS. */
export async function redeem(
  proof: Proof,
  role: Role,
  person: Person,
  step: Step,
  plan: Plan,
  parts: Parts,
): Promise<Issued> {
  if (proof.kind === 'credentials') return issuedFor(proof.credentials, role, 0, parts)
  if (proof.kind === 'saml') {
    throw new AwsOidcError('CONFIG_INVALID', 'This version of aws-oidc takes no SAML responses.', {
      hint: 'aws-oidc version',
    })
  }
  const sts = stsFor(role, step.profile, parts)
  const {doubts} = inspectWebIdentity(proof.token, sts.endpoint)
  const request = requestFor(role, person, step)
  try {
    const credentials = await withStepDown(request, plan, parts, asked =>
      assumeRoleWithWebIdentity(asked, proof.token, sts),
    )
    return issuedFor(credentials, role, sts.offset(), parts)
  } catch (error) {
    throw error instanceof StsRefusal ? error.withDoubts(doubts) : error
  }
}

/** Switches from one role to the next. */
export async function switchRole(source: Issued, step: Step, plan: Plan, parts: Parts): Promise<Issued> {
  if (!step.role) throw new Error('a switch names its role')
  const sts = stsFor(step.role, step.profile, parts)
  const request = requestFor(step.role, await rememberedPerson(plan.providerId, parts), step)
  const {externalId, tags, sourceIdentity} = step.profile ?? {}
  const credentials = await assumeRole({...request, externalId, tags, sourceIdentity}, source.credentials, sts)
  return issuedFor(credentials, step.role, sts.offset(), parts)
}

function requestFor(
  role: Role,
  person: Person | undefined,
  {durationSeconds, sessionName, profile}: Step,
): RoleRequest {
  return {
    role: role.arn === undefined ? readRole(nameOf(role), 'role') : {...role, arn: role.arn},
    durationSeconds,
    sessionName: sessionNameOf(sessionName, person),
    policy: profile?.policy,
    policyArns: profile?.policyArns,
  }
}

const steps = [12, 8, 4, 2, 1].map(hours => hours * 3600)
const learnedDays = 7

/**
 * A duration over the role's maximum is a ValidationError, and only AWS knows the maximum: the next shorter one is
 * tried, down to the hour that every role allows. What worked is remembered, so that this happens once a week.
 */
async function withStepDown(
  request: RoleRequest,
  {providerId}: Plan,
  {states, clock, log}: Parts,
  assume: (request: RoleRequest) => Promise<AwsCredentials>,
): Promise<AwsCredentials> {
  const {role, durationSeconds: asked} = request
  const learned = (await states.read(providerId)).durations[role.arn]
  const known =
    learned && learned.until > clock.now() && learned.asked <= asked ? Math.min(asked, learned.given) : asked
  const candidates = [known, ...steps.filter(step => step < known)]
  let firstRefusal: unknown
  for (const durationSeconds of candidates) {
    try {
      const credentials = await assume({...request, durationSeconds})
      if (durationSeconds !== known) {
        log.warn(`AWS gives ${role.arn} no session of ${inHours(asked)}; this one has ${inHours(durationSeconds)}.`)
        const until = new Date(clock.now().getTime() + learnedDays * 86_400_000)
        await states.change(providerId, state => ({
          ...state,
          durations: {...state.durations, [role.arn]: {asked, given: durationSeconds, until}},
        }))
      }
      return credentials
    } catch (error) {
      if (!(error instanceof StsRefusal) || error.awsCode !== 'ValidationError') throw error
      firstRefusal ??= error
    }
  }
  throw firstRefusal
}

function inHours(seconds: number): string {
  return seconds % 3600 === 0 ? `${seconds / 3600} h` : `${Math.round(seconds / 60)} min`
}

/** The AWS SDKs for Go and Java use credentials that have ended without a word, so such never leave here. */
function issuedFor(credentials: AwsCredentials, role: Role, offset: number, {clock, secrets}: Parts): Issued {
  secrets.add(credentials.secretAccessKey)
  secrets.add(credentials.sessionToken)
  const end = credentials.expiration.getTime()
  if (end - offset <= clock.now().getTime()) {
    const when = credentials.expiration.toISOString()
    throw new AwsOidcError(
      'BAD_RESPONSE',
      `The credentials of ${nameOf(role)} had ended, at ${when}, when they came.`,
      {
        hint: 'Check the clock of this machine, and what answers at the STS endpoint.',
      },
    )
  }
  return {
    credentials,
    role: nameOf(role),
    accountId: role.accountId,
    obtainedAt: clock.now(),
    expiresAt: new Date(Math.min(end, end - offset)),
  }
}
