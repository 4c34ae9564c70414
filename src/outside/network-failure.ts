import {AwsOidcError, expectedFailure} from '../errors.ts'

const overloaded = new Set([429, 502, 503, 504])

export function mayHelpToRetry(status: number): boolean {
  return overloaded.has(status)
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known (DNS)',
  EAI_AGAIN: 'its name could not be looked up (DNS)',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'no connection within 5 s',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
}

const distrust = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** What a failed request means to a person. An error that is already ours passes unchanged. */
export function explainFailure(url: URL, error: unknown): AwsOidcError {
  const known = expectedFailure(error)
  if (known) return known
  const code = codeOf(error)
  if (distrust.has(code)) {
    return new AwsOidcError('UNAVAILABLE', `The certificate of ${url.host} is not trusted (${code}).`, {
      hint: 'export AWS_CA_BUNDLE=/path/to/your/company-ca.pem',
      cause: error,
    })
  }
  const reason = reasons[code] ?? (code || 'the request failed')
  return new AwsOidcError('UNAVAILABLE', `${url.host} could not be reached: ${reason}.`, {
    hint: 'Check the network, VPN and proxy, then try again.',
    cause: error,
  })
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
