import {
  AssumeRoleCommand,
  AssumeRoleWithSAMLCommand,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import {AwsOidcError} from '../errors.ts'
import type {AwsCredentials, Role} from '../plugin.ts'
import type {StsEndpoint} from './endpoint.ts'
import {type FederatedRole, isSessionOf} from './role.ts'
import {explainStsFailure, mayPass} from './sts-failure.ts'

export interface StsParts {
  readonly endpoint: StsEndpoint
  /** May send a request again when no answer came. */
  readonly fetch: typeof globalThis.fetch
  readonly sleep: (milliseconds: number) => Promise<void>
  /** By how many milliseconds the clock of STS is ahead of ours, as far as it is known; signatures carry the time. */
  readonly offset: () => number
}

/** What every way of taking a role has in common. Limits: the API reference page of the call. */
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
  /** Names of those tags that sessions of roles switched to from this one have too. */
  readonly transitiveTags?: readonly string[] | undefined
  readonly sourceIdentity?: string | undefined
}

export interface CallerIdentity {
  readonly account: string
  readonly arn: string
  readonly userId: string
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
export function assumeRoleWithWebIdentity(
  request: NamedRequest,
  token: string,
  sts: StsParts,
): Promise<AwsCredentials> {
  return call(sts, {proof: 'web-identity'}, async client => {
    const answer = await client.send(
      new AssumeRoleWithWebIdentityCommand({
        ...common(request),
        RoleSessionName: request.sessionName,
        WebIdentityToken: token,
      }),
    )
    return checked(request.role, answer.AssumedRoleUser?.Arn, answer.Credentials)
  })
}

/**
 * `response` in standard base64. The name of the session is in it.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
 */
export function assumeRoleWithSaml(request: SamlRequest, response: string, sts: StsParts): Promise<AwsCredentials> {
  return call(sts, {proof: 'saml'}, async client => {
    const answer = await client.send(
      new AssumeRoleWithSAMLCommand({
        ...common(request),
        PrincipalArn: request.role.principalArn,
        SAMLAssertion: response,
      }),
    )
    return checked(request.role, answer.AssumedRoleUser?.Arn, answer.Credentials)
  })
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export function assumeRole(request: SwitchRequest, source: AwsCredentials, sts: StsParts): Promise<AwsCredentials> {
  const {externalId, tags, transitiveTags, sourceIdentity} = request
  return call(sts, {credentials: source}, async client => {
    const answer = await client.send(
      new AssumeRoleCommand({
        ...common(request),
        RoleSessionName: request.sessionName,
        ExternalId: externalId,
        SourceIdentity: sourceIdentity,
        Tags: tags && Object.entries(tags).map(([Key, Value]) => ({Key, Value})),
        TransitiveTagKeys: transitiveTags && [...transitiveTags],
      }),
    )
    return checked(request.role, answer.AssumedRoleUser?.Arn, answer.Credentials)
  })
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export function getCallerIdentity(credentials: AwsCredentials, sts: StsParts): Promise<CallerIdentity> {
  return call(sts, {credentials}, async client => {
    const {Account: account, Arn: arn, UserId: userId} = await client.send(new GetCallerIdentityCommand({}))
    if (!account || !arn || !userId) throw badAnswer('it names no identity')
    return {account, arn, userId}
  })
}

function common({role, durationSeconds, policy, policyArns}: RoleRequest) {
  return {
    RoleArn: role.arn,
    DurationSeconds: durationSeconds,
    Policy: policy,
    PolicyArns: policyArns?.map(arn => ({arn})),
  }
}

const attempts = 3

/** What a request shows AWS: a signature made with credentials, or a proof that is a part of it. */
interface Shown {
  readonly credentials?: AwsCredentials
  readonly proof?: 'web-identity' | 'saml'
}

async function call<Result>(
  parts: StsParts,
  {credentials, proof}: Shown,
  work: (client: STSClient) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const offset = parts.offset()
    try {
      return await work(clientFor(parts, credentials))
    } catch (error) {
      // The first answer tells how wrong our clock is; the next signature carries the right time.
      const clockLearned = credentials !== undefined && parts.offset() !== offset
      if (attempt === attempts || !(clockLearned || mayPass(error))) {
        throw explainStsFailure(error, parts.endpoint, proof)
      }
      if (!clockLearned) await parts.sleep(300 * 2 ** attempt * (0.5 + Math.random()))
    }
  }
}

/**
 * Everything that the SDK would otherwise look up in the environment and in ~/.aws is said here: this process was
 * started by AWS tools whose current profile is ourselves, and a default chain would call us again.
 */
function clientFor(
  {endpoint: {url, region}, fetch, offset}: StsParts,
  credentials: AwsCredentials | undefined,
): STSClient {
  return new STSClient({
    region,
    endpoint: url.href,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    userAgentAppId: 'aws-oidc',
    authSchemePreference: [],
    sigv4aSigningRegionSet: [region],
    disableClockSkewCorrection: false,
    systemClockOffset: offset(),
    credentials: credentials
      ? {
          accessKeyId: credentials.accessKeyId,
          secretAccessKey: credentials.secretAccessKey,
          sessionToken: credentials.sessionToken,
        }
      : () => Promise.reject(new Error('This request carries no AWS signature.')),
    requestHandler: {
      handle: (request: SdkRequest, options?: {readonly abortSignal?: unknown}) =>
        send(request, options?.abortSignal, fetch),
    },
  })
}

interface SdkRequest {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: unknown
}

async function send(
  {protocol, hostname, port, path, method, headers, body}: SdkRequest,
  signal: unknown,
  fetch: StsParts['fetch'],
) {
  const url = new URL(`${protocol}//${hostname}${port ? `:${port}` : ''}${path}`)
  const response = await fetch(url, {
    method,
    headers,
    ...(typeof body === 'string' && {body}),
    ...(signal instanceof AbortSignal && {signal}),
  })
  return {
    response: {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: new Uint8Array(await response.arrayBuffer()),
    },
  }
}

/** Credentials are handed on only when AWS says that they are of the role asked for. */
function checked(role: Role, assumedArn: string | undefined, credentials: Credentials | undefined): AwsCredentials {
  const {AccessKeyId, SecretAccessKey, SessionToken, Expiration} = credentials ?? {}
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !(Expiration instanceof Date)) {
    throw badAnswer('it holds no complete credentials')
  }
  if (!assumedArn || !isSessionOf(role, assumedArn)) {
    throw badAnswer(`it is for ${assumedArn ?? 'no role'}, and ${role.arn ?? role.name} was asked for`)
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  }
}

function badAnswer(reason: string): AwsOidcError {
  return new AwsOidcError('BAD_RESPONSE', `The answer of AWS STS can't be used: ${reason}.`, {
    hint: 'Check what answers at the STS endpoint: AWS_ENDPOINT_URL_STS, sts.endpoint, a proxy.',
  })
}
