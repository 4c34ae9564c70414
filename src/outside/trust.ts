import {readFileSync} from 'node:fs'
import tls from 'node:tls'
import {AwsOidcError} from '../errors.ts'

let done = false

/**
 * Trusts what the system and Node trust, and the bundle that AWS tools are given. Done at the first TLS connection,
 * because reading the system's store costs time that a call without a network must not pay.
 */
export function trustSystemAuthorities(env: Readonly<Record<string, string | undefined>>): void {
  if (done) return
  const bundle = env.AWS_CA_BUNDLE
  tls.setDefaultCACertificates([
    ...new Set([
      ...tls.getCACertificates('default'),
      ...tls.getCACertificates('system'),
      ...(bundle ? certificatesIn(bundle) : []),
    ]),
  ])
  done = true
}

function certificatesIn(bundle: string): readonly string[] {
  return readBundle(bundle).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
}

function readBundle(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new AwsOidcError('CONFIG_INVALID', `The certificates named by AWS_CA_BUNDLE can't be read: ${path}.`, {
      hint: 'unset AWS_CA_BUNDLE, or name a PEM file',
      cause: error,
    })
  }
}
