import type {Element} from '@xmldom/xmldom'
import {AwsOidcError} from '../errors.ts'
import type {AwsCredentials, Role} from '../plugin.ts'
import {type Printable, printable} from '../text/printable.ts'
import {type FederatedRole, isSessionOf} from './role.ts'
import {explainStsFailure, mayPass} from './sts-failure.ts'
import {askSts, type StsAction, type StsParameters, type StsTransport, textAt} from './sts-request.ts'

/** The parameters common to all ways of assuming a role. For limits see the API reference of each call. */
export interface RoleRequest {
  readonly role: Role & {readonly arn: string}
  readonly durationSeconds: number
  readonly policy?: string | undefined
  readonly policyArns?: readonly string[] | undefined
}

export interface NamedRequest extends RoleRequest {
  readonly sessionName: string
}

export interface SamlRequest extends RoleRequest {
  readonly role: FederatedRole
}

export interface SwitchRequest extends NamedRequest {
  readonly externalId?: string | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  /** Names of the tags that sessions assumed from this one inherit. */
  readonly transitiveTags?: readonly string[] | undefined
  readonly sourceIdentity?: string | undefined
}

export interface CallerIdentity {
  readonly account: string
  readonly arn: Printable
  readonly userId: Printable
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
export async function assumeRoleWithWebIdentity(
  request: NamedRequest,
  token: string,
  sts: StsTransport,
): Promise<AwsCredentials> {
  const parameters = {
    RoleArn: request.role.arn,
    RoleSessionName: request.sessionName,
    WebIdentityToken: token,
    ...restrictionsOf(request),
  }
  return credentialsIn(request.role, await call('AssumeRoleWithWebIdentity', parameters, sts, {proof: 'web-identity'}))
}

/**
 * `response` is in standard base64 and contains the session name.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
 */
export async function assumeRoleWithSaml(
  request: SamlRequest,
  response: string,
  sts: StsTransport,
): Promise<AwsCredentials> {
  const {arn, principalArn} = request.role
  const parameters = {RoleArn: arn, PrincipalArn: principalArn, SAMLAssertion: response, ...restrictionsOf(request)}
  return credentialsIn(request.role, await call('AssumeRoleWithSAML', parameters, sts, {proof: 'saml'}))
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export async function assumeRole(
  request: SwitchRequest,
  source: AwsCredentials,
  sts: StsTransport,
): Promise<AwsCredentials> {
  const {sessionName, externalId, tags = {}, transitiveTags = [], sourceIdentity} = request
  const parameters = {
    RoleArn: request.role.arn,
    RoleSessionName: sessionName,
    ...restrictionsOf(request),
    ...membersOf(
      'Tags',
      Object.entries(tags).map(([Key, Value]) => ({Key, Value})),
    ),
    ...membersOf('TransitiveTagKeys', transitiveTags),
    ExternalId: externalId,
    SourceIdentity: sourceIdentity,
  }
  return credentialsIn(request.role, await call('AssumeRole', parameters, sts, {credentials: source}))
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export async function getCallerIdentity(credentials: AwsCredentials, sts: StsTransport): Promise<CallerIdentity> {
  const result = await call('GetCallerIdentity', {}, sts, {credentials})
  const [account, arn, userId] = ['Account', 'Arn', 'UserId'].map(name => textAt(result, name))
  if (!account || !arn || !userId) throw badAnswer('it names no identity')
  return {account, arn: printable(arn, longestArn), userId: printable(userId, longestArn)}
}

/** In the order of AWS's model, so that a request is identical to one from an AWS SDK. */
function restrictionsOf({durationSeconds, policy, policyArns = []}: RoleRequest): StsParameters {
  const arns = policyArns.map(arn => ({arn}))
  return {...membersOf('PolicyArns', arns), Policy: policy, DurationSeconds: durationSeconds}
}

/** A list as AWS's query protocol writes it. */
function membersOf(name: string, values: readonly (string | Readonly<Record<string, string>>)[]): StsParameters {
  return Object.fromEntries(
    values.flatMap((value, index) => {
      const member = `${name}.member.${index + 1}`
      if (typeof value === 'string') return [[member, value]]
      return Object.entries(value).map(([part, text]) => [`${member}.${part}`, text])
    }),
  )
}

const attempts = 3
const longestArn = 300

/** How a request authenticates: by a signature made with credentials, or by a proof among its parameters. */
interface Authentication {
  readonly credentials?: AwsCredentials
  readonly proof?: 'web-identity' | 'saml'
}

async function call(
  action: StsAction,
  parameters: StsParameters,
  deps: StsTransport,
  {credentials, proof}: Authentication,
): Promise<Element> {
  for (let attempt = 1; ; attempt++) {
    const offset = deps.offset()
    try {
      return await askSts(action, parameters, deps, credentials)
    } catch (error) {
      // The first answer reveals our clock error, so the next signature carries the right time.
      const clockLearned = credentials !== undefined && deps.offset() !== offset
      if (attempt === attempts || !(clockLearned || mayPass(error))) throw explainStsFailure(error, proof)
      if (!clockLearned) await deps.sleep(300 * 2 ** attempt * (0.5 + Math.random()))
    }
  }
}

/** Returns the credentials only if AWS says that they belong to the requested role. */
function credentialsIn(role: Role, result: Element): AwsCredentials {
  const [accessKeyId, secretAccessKey, sessionToken, end] = [
    'AccessKeyId',
    'SecretAccessKey',
    'SessionToken',
    'Expiration',
  ].map(name => textAt(result, 'Credentials', name))
  const expiration = readTime(end)
  if (!accessKeyId || !secretAccessKey || !sessionToken || !expiration)
    throw badAnswer('its credentials are incomplete')
  // All three may become header values.
  if (![accessKeyId, secretAccessKey, sessionToken].every(text => /^[!-~]+$/.test(text)))
    throw badAnswer("its credentials contain characters that a request can't carry")
  const assumedArn = textAt(result, 'AssumedRoleUser', 'Arn')
  if (!assumedArn || !isSessionOf(role, assumedArn)) {
    throw badAnswer(
      `it is for ${printable(assumedArn ?? '', longestArn) || 'no role'}, but ${role.arn ?? role.name} was requested`,
    )
  }
  return {accessKeyId, secretAccessKey, sessionToken, expiration}
}

/** A time with its zone; without one, `Date` would assume this machine's zone. */
function readTime(text = ''): Date | undefined {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) ? new Date(text) : undefined
  return time && !Number.isNaN(time.getTime()) ? time : undefined
}

function badAnswer(reason: string): AwsOidcError {
  return new AwsOidcError('BAD_RESPONSE', `The answer from AWS STS can't be used: ${reason}.`, {
    hint: 'Check what answers at the STS endpoint: AWS_ENDPOINT_URL_STS, sts.endpoint, a proxy.',
  })
}
