import {X509Certificate} from 'node:crypto'
import tls from 'node:tls'
import {AwsOidcError} from '../../errors.ts'
import {readGivenFile} from '../files/read-file.ts'

// The end marker is optional, so that a truncated certificate is not skipped.
const certificate = /-----BEGIN CERTIFICATE-----[^-]*(?:-----END CERTIFICATE-----)?/g

let done = false

/**
 * Trusts what the system and Node trust, and AWS_CA_BUNDLE. Called at the first TLS connection, because reading the
 * system's store costs time that a call without network must not pay.
 */
export function trustSystemAuthorities(env: Readonly<Record<string, string | undefined>>): void {
  if (done) return
  const own = [...tls.getCACertificates('default'), ...tls.getCACertificates('system')]
  const bundle = env.AWS_CA_BUNDLE ? readBundle(env.AWS_CA_BUNDLE) : []
  tls.setDefaultCACertificates([...new Set([...own, ...bundle])])
  done = true
}

/** What is wrong with a file of authorities; `undefined` if nothing is. */
export async function problemOfAuthorities(path: string): Promise<string | undefined> {
  try {
    certificatesIn(readGivenFile(path).toString())
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/**
 * The certificates in a PEM file, each checked to be complete: OpenSSL would complain only on use, without naming the
 * file. Throws an error that says what is wrong.
 */
export function certificatesIn(text: string): readonly string[] {
  const certificates = text.match(certificate) ?? []
  if (certificates.length === 0) throw new Error('it contains no PEM certificate')
  for (const [index, pem] of certificates.entries()) {
    if (!isCertificate(pem)) throw new Error(`certificate ${index + 1} in it is broken`)
  }
  return certificates
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}

function readBundle(bundle: string): readonly string[] {
  try {
    return certificatesIn(readGivenFile(bundle).toString())
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AwsOidcError('CONFIG_INVALID', `AWS_CA_BUNDLE can't be used: ${bundle}: ${reason}.`, {
      hint: 'unset AWS_CA_BUNDLE, or name a file of PEM certificates',
      cause: error,
    })
  }
}
