import {readFileSync} from 'node:fs'
import tls from 'node:tls'
import {AwsOidcError} from '../errors.ts'

const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

let done = false

/**
 * Trusts what the system and Node trust, and the bundle that AWS tools are given. Done at the first TLS connection,
 * because reading the system's store costs time that a call without a network must not pay.
 */
export function trustSystemAuthorities(env: Readonly<Record<string, string | undefined>>): void {
  if (done) return
  const own = [...tls.getCACertificates('default'), ...tls.getCACertificates('system')]
  const bundle = env.AWS_CA_BUNDLE
  if (bundle) trustAlso(bundle, own)
  else tls.setDefaultCACertificates([...new Set(own)])
  done = true
}

function trustAlso(bundle: string, own: readonly string[]): void {
  try {
    const certificates = readFileSync(bundle, 'utf8').match(certificate)
    if (!certificates) throw new Error('there is no certificate in it')
    tls.setDefaultCACertificates([...new Set([...own, ...certificates])])
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AwsOidcError('CONFIG_INVALID', `AWS_CA_BUNDLE can't be used: ${bundle}: ${reason}.`, {
      hint: 'unset AWS_CA_BUNDLE, or name a file of PEM certificates',
      cause: error,
    })
  }
}
