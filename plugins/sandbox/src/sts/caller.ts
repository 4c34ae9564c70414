import {timingSafeEqual} from 'node:crypto'
import {type Clock, isoSeconds} from '../clock.ts'
import type {StsCall} from './call.ts'
import {StsError} from './errors.ts'
import type {IssuedCredential} from './issued-credentials.ts'
import {type CredentialScope, signatureOf} from './signature.ts'

const toleranceMinutes = 15

interface Authorization {
  readonly accessKeyId: string
  readonly scope: CredentialScope
  readonly signedHeaders: readonly string[]
  readonly signature: string
}

/** The caller who signed the request. Throws for an unknown key, an expired session, and a wrong or old signature. */
export function verifyCaller({request, body, state}: StsCall): IssuedCredential {
  const {headers} = request
  const authorization = readAuthorization(headers.authorization)
  const timestamp = String(headers['x-amz-date'] ?? '')
  const issued = state.credentials.find(authorization.accessKeyId)
  if (!issued || headers['x-amz-security-token'] !== issued.sessionToken) {
    throw new StsError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403)
  }
  checkTimestamp(timestamp, authorization.scope, state.clock)
  checkScope(authorization)
  const signed = {method: request.method ?? '', target: request.url ?? '/', headers, body}
  const expected = signatureOf(signed, {...authorization, timestamp}, issued.secretAccessKey)
  if (!sameText(expected, authorization.signature)) {
    throw mismatch(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    )
  }
  if (issued.expiresAt <= state.clock.now()) {
    throw new StsError('ExpiredToken', 'The security token included in the request is expired', 403)
  }
  return issued
}

function readAuthorization(header: string | undefined): Authorization {
  if (header === undefined) {
    throw new StsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403)
  }
  const [algorithm = '', rest = ''] = header.split(/ (.*)/s)
  const parts = new Map(rest.split(/,\s*/).map(part => splitOnce(part)))
  const missing = ['Credential', 'SignedHeaders', 'Signature'].filter(name => !parts.get(name))
  const [accessKeyId = '', date = '', region = '', service = '', terminator] = (parts.get('Credential') ?? '').split(
    '/',
  )
  if (algorithm !== 'AWS4-HMAC-SHA256' || missing.length > 0 || terminator !== 'aws4_request') {
    const lacking = missing.map(name => `Authorization header requires '${name}' parameter.`)
    throw new StsError('IncompleteSignature', [...lacking, 'The signature is incomplete or malformed.'].join(' '))
  }
  const signedHeaders = (parts.get('SignedHeaders') ?? '').split(';')
  return {accessKeyId, scope: {date, region, service}, signedHeaders, signature: parts.get('Signature') ?? ''}
}

function splitOnce(part: string): [string, string] {
  const [name = '', value = ''] = part.split(/=(.*)/s)
  return [name, value]
}

function checkTimestamp(timestamp: string, scope: CredentialScope, clock: Clock): void {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp) ?? []
  const signedAt = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(signedAt.getTime())) {
    throw new StsError('IncompleteSignature', "Date must be in ISO-8601 'basic format'.")
  }
  const now = clock.now()
  const shiftMs = toleranceMinutes * 60_000
  if (signedAt.getTime() < now.getTime() - shiftMs) {
    const limit = basicFormat(new Date(now.getTime() - shiftMs))
    throw mismatch(`Signature expired: ${timestamp} is now earlier than ${limit} (${basicFormat(now)} - 15 min.)`)
  }
  if (signedAt.getTime() > now.getTime() + shiftMs) {
    const limit = basicFormat(new Date(now.getTime() + shiftMs))
    throw mismatch(
      `Signature not yet current: ${timestamp} is still later than ${limit} (${basicFormat(now)} + 15 min.)`,
    )
  }
  if (!timestamp.startsWith(scope.date)) {
    throw mismatch('Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.')
  }
}

function checkScope({scope, signedHeaders}: Authorization): void {
  if (scope.service !== 'sts') throw mismatch("Credential should be scoped to correct service: 'sts'.")
  if (!/^[a-z]{2,4}(-[a-z]+)+-\d$/.test(scope.region)) throw mismatch('Credential should be scoped to a valid region.')
  const unsigned = ['host', 'x-amz-date', 'x-amz-security-token'].find(name => !signedHeaders.includes(name))
  if (unsigned) throw mismatch(`'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`)
}

function basicFormat(date: Date): string {
  return isoSeconds(date).replace(/[-:]/g, '')
}

function mismatch(message: string): StsError {
  return new StsError('SignatureDoesNotMatch', message, 403)
}

function sameText(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right))
}
