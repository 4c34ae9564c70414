import {inspectAssertion} from '../aws/saml-checks.ts'
import {readSaml} from '../aws/saml-document.ts'
import {responseWith} from '../aws/saml-response.ts'
import {offeredRole} from '../aws/saml-roles.ts'
import {assumeRoleWithSaml} from '../aws/sts.ts'
import {StsRefusal} from '../aws/sts-failure.ts'
import {AwsOidcError} from '../errors.ts'
import type {AwsCredentials, Role} from '../plugin.ts'
import type {Dependencies, RoleDependencies} from './dependencies.ts'
import type {Plan, Step} from './plan.ts'
import {withStepDown} from './step-down.ts'
import {stsFor} from './sts-transport.ts'

const shortestSeconds = 900

/** Exchanges a SAML response or assertion for credentials of `wanted`. Rejects if it does not offer that role. */
export async function redeemAssertion(
  document: string,
  wanted: Role,
  step: Step,
  plan: Plan,
  deps: RoleDependencies,
): Promise<{readonly credentials: AwsCredentials; readonly offset: number}> {
  const {clock, network, secrets, log} = deps
  const saml = readSaml(document)
  const role = offeredRole(wanted, saml.assertion, plan.provider.name)
  const sts = stsFor(role, step.profile, deps)
  const now = new Date(clock.now().getTime() + network.likelyOffsetTo(sts.endpoint.url))
  const advice = inspectAssertion(saml.assertion, now, sts.endpoint)
  const response = responseWith(saml, now)
  secrets.add(response)
  if (step.sessionName !== undefined) {
    log.warn(`"sessionName" has no effect at "${plan.provider.name}": with SAML the provider names the session.`)
  }
  const request = {
    role,
    durationSeconds: step.durationSeconds,
    policy: step.profile?.policy,
    policyArns: step.profile?.policyArns,
  }
  const longest = longestWithin(advice.sessionSeconds, plan, deps)
  const assume = (asked: typeof request) => assumeRoleWithSaml(asked, response, sts)
  try {
    const credentials = await withStepDown(request, plan, deps, assume, longest)
    return {credentials, offset: sts.offset()}
  } catch (error) {
    throw error instanceof StsRefusal ? error.withAdvice(advice) : error
  }
}

/** The longest duration to request: until the provider's session ends (SessionNotOnOrAfter), at least 15 minutes. */
function longestWithin(
  left: number | undefined,
  {provider}: Plan,
  {log}: Pick<Dependencies, 'log'>,
): number | undefined {
  if (left === undefined || left >= shortestSeconds) return left
  if (left <= 0) {
    throw new AwsOidcError('SIGN_IN_REQUIRED', `The session at "${provider.name}" has ended.`, {
      hint: 'aws-oidc login --force',
    })
  }
  log.warn(
    `The session at "${provider.name}" ends in ${Math.ceil(left / 60)} min, and the AWS credentials end with it. "aws-oidc logout --everywhere" and a login start a new one.`,
  )
  return shortestSeconds
}
