import {AwsOidcError, printable} from '../errors.ts'

/** An error answered by STS, unchanged. */
export class StsError extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status: number) {
    super(message)
    this.code = code
    this.status = status
  }
}

/** A refusal by STS, with AWS's own code for callers that decide what to do next. */
export class StsRefusal extends AwsOidcError {
  readonly awsCode: string
  /** The values in the proof that AWS compared. They may name the user: show them on the terminal, never store them. */
  readonly proof: readonly string[] | undefined

  constructor(awsCode: string, message: string, hint: string, proof?: readonly string[]) {
    super('AWS_REFUSED', message, {hint})
    this.awsCode = awsCode
    this.proof = proof
  }

  /** The same refusal with our doubts about the proof, which explain it better than AWS does. */
  withAdvice({doubts, says}: ProofAdvice): StsRefusal {
    const proof = ofProof.has(this.awsCode) ? says : undefined
    return new StsRefusal(this.awsCode, [this.message, ...doubts].join(' '), this.hint ?? '', proof)
  }
}

/** What we can tell about a proof before asking AWS. */
export interface ProofAdvice {
  /** Why AWS may refuse the proof. Show these only if AWS does refuse. */
  readonly doubts: readonly string[]
  /** The values in the proof that AWS compares, line by line. */
  readonly says: readonly string[]
}

// Refusals after comparing the proof with what the account expects.
const ofProof = new Set(['AccessDenied', 'InvalidIdentityToken'])

interface Meaning {
  readonly usually: string
  readonly hint: string
}

// The codes as answered: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html and
// the "Errors" of each call.
const meanings: ReadonlyMap<string, Meaning> = new Map([
  [
    'AccessDenied',
    {
      usually:
        "The role's trust policy does not let this identity in, or the role does not exist (names are case-sensitive).",
      hint: "Compare the trust policy's Federated provider and its :aud and :sub conditions with the ID token, which whoami --claims shows.",
    },
  ],
  [
    'ExpiredToken',
    {
      usually: 'The token was too old when it reached AWS; a wrong clock can cause this too.',
      hint: 'aws-oidc login --force',
    },
  ],
  [
    'InvalidIdentityToken',
    {
      usually: 'The IAM OIDC provider is missing, or its issuer or client ID differs from that of the ID token.',
      hint: "Compare the token's issuer and audience, which whoami --claims shows, with the IAM OIDC provider of that account.",
    },
  ],
  [
    'IDPRejectedClaim',
    {
      usually: 'The identity provider told AWS that the sign-in is no longer valid.',
      hint: 'aws-oidc login --force',
    },
  ],
  ['MalformedPolicyDocument', {usually: 'The session policy is not valid.', hint: 'Check "policy" of the profile.'}],
  [
    'PackedPolicyTooLarge',
    {
      usually: 'The session policy and tags together are too large.',
      hint: 'Shorten "policy", "policyArns" or "tags" of the profile.',
    },
  ],
  [
    'RegionDisabledException',
    {
      usually: 'STS is not active in that region for the account.',
      hint: 'Set another "region", or have STS activated in the account settings.',
    },
  ],
  [
    'SignatureDoesNotMatch',
    {
      usually:
        'The clock of this machine is off by more than 15 minutes, or something between here and AWS changes requests.',
      hint: 'Set the clock right.',
    },
  ],
  [
    'ValidationError',
    {
      usually: 'A value in the request is outside the limits of AWS.',
      hint: 'Check "duration", "role" and "sessionName".',
    },
  ],
])

/** Meanings that differ for a request signed by credentials, which contains no ID token. */
const meaningsWhenSigned: ReadonlyMap<string, Meaning> = new Map([
  [
    'AccessDenied',
    {
      usually:
        "The role's trust policy does not name the source role, or the policies of the source role do not allow sts:AssumeRole on it (across accounts both are needed), or the role does not exist (names are case-sensitive).",
      hint: 'Compare the trust policy of the role with "source" of the profile, and check the policies of the source role.',
    },
  ],
])

/** Meanings that differ for a SAML assertion. */
const meaningsOfSaml: ReadonlyMap<string, Meaning> = new Map([
  [
    'AccessDenied',
    {
      usually:
        "The role's trust policy does not let this SAML provider in, or the role does not exist (names are case-sensitive).",
      hint: "Compare the trust policy's Federated provider, its action sts:AssumeRoleWithSAML and its SAML: conditions with the assertion.",
    },
  ],
  [
    'ExpiredToken',
    {
      usually: 'The assertion was too old when it reached AWS; a wrong clock can cause this too.',
      hint: 'aws-oidc login --force',
    },
  ],
  [
    'InvalidIdentityToken',
    {
      usually:
        'The SAML provider in IAM is missing or has outdated metadata (issuer or signing certificate), or the assertion was changed on its way.',
      hint: "Upload the provider's current SAML metadata to the SAML provider in IAM of that account.",
    },
  ],
])

// Of any service: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
const throttlingOrSlow = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestTimeout',
  'RequestTimeoutException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
  'TransactionInProgressException',
])

/** Whether the same request may work a moment later. The failure of an unanswered request says so itself. */
export function mayPass(error: unknown): boolean {
  if (error instanceof StsError) return isPassing(error)
  return error instanceof Error && 'mayPass' in error && error.mayPass === true
}

function isPassing(error: StsError): boolean {
  const {code, status} = error
  return status === 429 || status >= 500 || throttlingOrSlow.has(code) || lacksKeys(error)
}

/**
 * Whether AWS could not fetch the identity provider's keys. Of all reasons for an InvalidIdentityToken only this one is
 * temporary, and only the message distinguishes it:
 * https://repost.aws/knowledge-center/iam-sts-invalididentitytoken
 */
function lacksKeys({code, message}: StsError): boolean {
  const short = withoutException(code)
  return (
    short === 'IDPCommunicationError' ||
    (short === 'InvalidIdentityToken' && /^Couldn.t retrieve verification key/i.test(message))
  )
}

/**
 * Explains an StsError: what AWS said, what that usually means for this kind of proof, and what to do. Without a proof,
 * the request was signed by credentials. Other errors pass unchanged.
 */
export function explainStsFailure(error: unknown, proof?: 'web-identity' | 'saml'): unknown {
  if (!(error instanceof StsError)) return error
  if (isPassing(error)) return passingFailure(error)
  const code = codeOf(error)
  const special = {saml: meaningsOfSaml, 'web-identity': undefined, signature: meaningsWhenSigned}[proof ?? 'signature']
  const meaning = special?.get(code) ?? meanings.get(code)
  const said = sentence(`AWS refused: ${printable(code, 80)}: ${printable(error.message)}`)
  if (meaning) return new StsRefusal(code, `${said} ${meaning.usually}`, meaning.hint)
  return new StsRefusal(code, said, "Compare the profile with the role's trust policy and limits in IAM.")
}

/** UNAVAILABLE rather than a refusal, so that callers may try again. */
function passingFailure(error: StsError): AwsOidcError {
  const code = printable(error.code, 80)
  if (!lacksKeys(error)) {
    return new AwsOidcError('UNAVAILABLE', `AWS STS is unavailable: ${code} (HTTP ${error.status}).`, {
      hint: 'the same command again in a moment',
    })
  }
  const said = sentence(`${code}: ${printable(error.message)}`)
  return new AwsOidcError(
    'UNAVAILABLE',
    `AWS could not fetch the keys of the identity provider. This usually passes. AWS said: ${said}`,
    {
      hint: 'the same command again in a moment; if that keeps failing, open <issuer>/.well-known/openid-configuration from outside your network.',
    },
  )
}

/** AWS appends "Exception" to some codes but not to others. */
function codeOf({code}: StsError): string {
  const short = withoutException(code)
  return meanings.has(short) ? short : code
}

function withoutException(code: string): string {
  return code.replace(/Exception$/, '')
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
