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

// https://docs.openssl.org/3.0/man3/SSL_alert_type_string/ : what a server says that wants another certificate of us.
const wantsCertificate =
  /ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN|HANDSHAKE_FAILURE)/

/**
 * What a failed request means to a person. An error that is already ours passes unchanged; of a proxy, which may have a
 * password in its address, only the host is named.
 */
export function explainFailure(url: URL, error: unknown, proxy?: URL): AwsOidcError {
  const known = expectedFailure(error)
  if (known) return known
  const code = codeOf(error)
  if (proxy && code === 'ERR_PROXY_TUNNEL') return refusedTunnel(url, proxy, error)
  if (wantsCertificate.test(code)) {
    return new AwsOidcError('UNAVAILABLE', `${url.host} refused the TLS handshake (${code}).`, {
      hint: 'If it wants a client certificate, name one under "tls: {cert, key}" of the provider.',
    })
  }
  if (distrust.has(code)) {
    return new AwsOidcError('UNAVAILABLE', `The certificate of ${url.host} is not trusted (${code}).`, {
      hint: 'export AWS_CA_BUNDLE=/path/to/your/company-ca.pem',
    })
  }
  const reason = reasons[code] ?? (code || 'the request failed')
  const way = proxy ? ` through the proxy ${proxy.host}` : ''
  return new AwsOidcError('UNAVAILABLE', `${url.host} could not be reached${way}: ${reason}.`, {
    hint: 'Check the network, VPN and proxy, then try again.',
    cause: error,
  })
}

function refusedTunnel(url: URL, proxy: URL, error: unknown): AwsOidcError {
  const [, status] = /HTTP\/1\.\d (\d{3})/.exec(error instanceof Error ? error.message : '') ?? []
  const answer = status === undefined ? 'it gave no usable answer' : `it answered with HTTP ${status}`
  return new AwsOidcError('UNAVAILABLE', `The proxy ${proxy.host} does not let us through to ${url.host}: ${answer}.`, {
    hint:
      status === '407'
        ? 'export HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT'
        : `export NO_PROXY=${url.hostname}, or ask whoever runs the proxy`,
  })
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
