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
  const bundle = env.AWS_CA_BUNDLE ? readBundle(env.AWS_CA_BUNDLE) : []
  tls.setDefaultCACertificates([...new Set([...own, ...bundle])])
  done = true
}

/** The certificates in a PEM file; `undefined` where there are none. */
export function certificatesIn(text: string): readonly string[] | undefined {
  return text.match(certificate) ?? undefined
}

function readBundle(bundle: string): readonly string[] {
  try {
    const certificates = certificatesIn(readFileSync(bundle, 'utf8'))
    if (!certificates) throw new Error('there is no certificate in it')
    return certificates
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AwsOidcError('CONFIG_INVALID', `AWS_CA_BUNDLE can't be used: ${bundle}: ${reason}.`, {
      hint: 'unset AWS_CA_BUNDLE, or name a file of PEM certificates',
      cause: error,
    })
  }
}
