import {AwsOidcError, type ErrorDetail, expectedFailure} from '../../errors.ts'

/** A request that got no answer. */
export class NetworkFailure extends AwsOidcError {
  /** Whether the same request may succeed a moment later. */
  readonly mayPass: boolean

  constructor(message: string, detail: ErrorDetail & {readonly mayPass?: boolean}) {
    super('UNAVAILABLE', message, detail)
    this.mayPass = detail.mayPass ?? false
  }
}

const overloaded = new Set([429, 502, 503, 504])

export function mayHelpToRetry(status: number): boolean {
  return overloaded.has(status)
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'its name is not known (DNS)'],
  ['EAI_AGAIN', 'its name could not be looked up (DNS)'],
  ['ECONNREFUSED', 'the connection was refused'],
  ['ECONNRESET', 'the connection was cut'],
  ['EPIPE', 'the connection was cut'],
  ['ETIMEDOUT', 'no connection within 5 s'],
  ['EHOSTUNREACH', 'there is no route to it'],
  ['ENETUNREACH', 'there is no network'],
  ['ENETDOWN', 'there is no network'],
])

// A name that DNS does not know will still be unknown in a moment.
const passing = new Set([...reasons.keys()].filter(code => code !== 'ENOTFOUND'))

// https://nodejs.org/api/tls.html#x509-certificate-error-codes
const distrust = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
])

const elsewhere: ReadonlyMap<string, readonly [problem: string, hint: string]> = new Map([
  ['CERT_HAS_EXPIRED', ['has expired', 'Check the clock of this machine, then tell whoever runs that server.']],
  ['CERT_NOT_YET_VALID', ['is not valid yet', 'Check the clock of this machine, then tell whoever runs that server.']],
  ['ERR_TLS_CERT_ALTNAME_INVALID', ['is for another name', 'Check the address, then tell whoever runs that server.']],
])

// https://docs.openssl.org/3.0/man3/SSL_alert_type_string/ : the alerts of a server that wants another certificate from
// us.
const wantsCertificate =
  /ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|HANDSHAKE_FAILURE)/

/**
 * Explains a failed request to the user. Errors of our own pass unchanged. Of a proxy, whose address may contain a
 * password, only the host is named.
 */
export function explainFailure({host}: URL, error: unknown, proxy?: URL): AwsOidcError {
  const known = expectedFailure(error)
  if (known) return known
  const code = codeOf(error)
  if (wantsCertificate.test(code)) {
    return new NetworkFailure(`${host} refused the TLS handshake (${code}).`, {
      hint: 'If it requires a client certificate, name one under "tls: {cert, key}" of the provider.',
    })
  }
  return distrusted(host, code) ?? unreachable(host, code, error, proxy)
}

/** The same for a failure on the way to a proxy. */
export function explainProxyFailure(host: string, proxy: URL, error: unknown): AwsOidcError {
  const code = codeOf(error)
  return distrusted(`the proxy ${proxy.host}`, code) ?? unreachable(host, code, error, proxy)
}

export function refusedTunnel(host: string, proxy: URL, status: number): AwsOidcError {
  return new NetworkFailure(`The proxy ${proxy.host} refused to connect to ${host}: it answered with HTTP ${status}.`, {
    // Not after 407: a directory service may lock the user out after three wrong passwords.
    mayPass: mayHelpToRetry(status),
    hint:
      status === 407
        ? 'export HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT'
        : `export NO_PROXY=${host}, or ask whoever runs the proxy`,
  })
}

export function tooLongToConnect(): Error {
  return Object.assign(new Error('no connection'), {code: 'ETIMEDOUT'})
}

function distrusted(who: string, code: string): AwsOidcError | undefined {
  const [problem, hint] = elsewhere.get(code) ?? []
  if (problem !== undefined) return new NetworkFailure(`The certificate of ${who} ${problem} (${code}).`, {hint})
  if (!distrust.has(code)) return undefined
  return new NetworkFailure(`The certificate of ${who} is not trusted (${code}).`, {
    hint: 'export AWS_CA_BUNDLE=/path/to/your/company-ca.pem',
  })
}

function unreachable(host: string, code: string, cause: unknown, proxy: URL | undefined): AwsOidcError {
  const reason = reasons.get(code) ?? (code || 'the request failed')
  const way = proxy ? ` through the proxy ${proxy.host}` : ''
  return new NetworkFailure(`${host} could not be reached${way}: ${reason}.`, {
    mayPass: passing.has(code),
    hint: 'Check the network, VPN and proxy, then try again.',
    cause,
  })
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
