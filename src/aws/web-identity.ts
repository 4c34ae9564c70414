import {AwsOidcError, printable} from '../errors.ts'
import {parseObject} from '../text/json.ts'
import {printableValue} from '../text/printable.ts'
import type {ProofAdvice} from './sts-failure.ts'

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
const longestToken = 20_000
const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']

/**
 * Predicts a refusal by STS and explains it better. Throws AWS_REFUSED if the refusal is certain. Does not check the
 * issuer for an emulator, which need not be as strict as AWS's own STS.
 */
export function inspectWebIdentity(token: string, endpoint: {readonly aws: boolean}): ProofAdvice {
  if (token.length > longestToken) {
    throw refused(
      `The ID token has ${token.length} characters; AWS accepts at most ${longestToken}.`,
      'Have the provider put fewer claims (often groups) into the ID token of this client.',
    )
  }
  const [header, claims] = token.split('.').map(readPart)
  const algorithm = header?.alg
  if (typeof algorithm !== 'string' || !algorithms.includes(algorithm)) {
    throw refused(
      `The ID token is signed with ${printable(String(algorithm), 20)}; AWS accepts ${algorithms.join(', ')}.`,
      'Set the ID token signature algorithm of this client to RS256 at the provider.',
    )
  }
  const doubts: string[] = []
  if (endpoint.aws) doubts.push(...issuerDoubts(claims?.iss))
  const audiences = [claims?.aud].flat().map(String)
  const {azp} = claims ?? {}
  if (typeof azp === 'string' && audiences.some(audience => audience !== azp)) {
    doubts.push(
      'The azp of the ID token differs from its audience, and AWS compares the azp. ' +
        `List the azp as a client ID of the IAM OIDC provider and in ":aud" of the role's trust policy.`,
    )
  }
  const shown = ['iss', 'aud', 'azp', 'sub'].filter(name => claims?.[name] !== undefined)
  const lines = shown.map(name => `  ${name}  ${printableValue(claims?.[name], 200)}`)
  return {doubts, says: ['The ID token that AWS refused says:', ...lines]}
}

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html, parameter Url
function issuerDoubts(issuer: unknown): readonly string[] {
  const url = typeof issuer === 'string' ? URL.parse(issuer) : null
  if (url?.protocol !== 'https:') {
    throw refused(
      `The issuer of the ID token, ${printable(String(issuer), 100)}, is not an https address, so AWS can't use it.`,
      'Use an issuer that AWS can reach, or AWS_ENDPOINT_URL_STS for an emulator.',
    )
  }
  if (url.port === '') return []
  return ["The issuer of the ID token has a port; AWS says that an IAM OIDC provider's URL should have none."]
}

function refused(message: string, hint: string): AwsOidcError {
  return new AwsOidcError('AWS_REFUSED', message, {hint})
}

function readPart(part: string): Readonly<Record<string, unknown>> {
  return parseObject(Buffer.from(part, 'base64url').toString('utf8'))
}
