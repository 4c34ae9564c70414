import {createHash, generateKeyPair} from 'node:crypto'
import {promisify} from 'node:util'
import forge from 'node-forge'

/** The key and certificate with which a SAML identity provider signs. */
export interface SamlIdentity {
  /** PKCS #8, PEM. */
  readonly privateKey: string
  /** PEM. */
  readonly certificate: string
  readonly keyName: string
}

const generate = promisify(generateKeyPair)
const tenYearsMs = 10 * 365 * 86_400_000

/** A new key with a self-signed certificate, the form in which SAML metadata carries keys. */
export async function createSamlIdentity(): Promise<SamlIdentity> {
  const {publicKey, privateKey} = await generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: {type: 'spki', format: 'pem'},
    privateKeyEncoding: {type: 'pkcs8', format: 'pem'},
  })
  const keyName = createHash('sha256').update(publicKey).digest('base64url')
  return {privateKey, certificate: selfSigned(publicKey, privateKey), keyName}
}

/** The certificate in base64 without PEM lines, as in XML signatures and metadata. */
export function certificateBase64({certificate}: SamlIdentity): string {
  return certificate.replace(/-----[^-]+-----|\s/g, '')
}

function selfSigned(publicKey: string, privateKey: string): string {
  const certificate = forge.pki.createCertificate()
  const name = [{name: 'commonName', value: 'aws-oidc sandbox'}]
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey)
  certificate.serialNumber = '01'
  certificate.validity.notBefore = new Date()
  certificate.validity.notAfter = new Date(Date.now() + tenYearsMs)
  certificate.setSubject(name)
  certificate.setIssuer(name)
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create())
  return forge.pki.certificateToPem(certificate)
}
