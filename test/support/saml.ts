import {generateKeyPairSync} from 'node:crypto'
import {DOMParser} from '@xmldom/xmldom'
import {SignedXml} from 'xml-crypto'

export const samlRole = 'arn:aws:iam::123456789012:role/developer'
export const samlProvider = 'arn:aws:iam::123456789012:saml-provider/corp'
export const issuedAt = new Date('2026-11-23T09:00:00Z')

const attributes = 'https://aws.amazon.com/SAML/Attributes'

/** The default content of an assertion for AWS, which tests override. Texts are raw XML. */
export interface Said {
  readonly start: string
  readonly issuer: string
  readonly subject: string
  readonly confirmation: string
  readonly conditions: string
  readonly audience: string
  readonly session: string
  readonly roles: readonly string[]
  readonly roleAttribute: string
  readonly sessionName: string
  readonly more: string
}

export function assertionXml(change: Partial<Said> = {}): string {
  const said: Said = {
    start: 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns="urn:oasis:names:tc:SAML:2.0:assertion"',
    issuer: 'https://sso.example.com/realms/aws',
    subject: '<saml:NameID>alice</saml:NameID>',
    confirmation: `<saml:SubjectConfirmationData NotOnOrAfter="${later(298)}" Recipient="https://signin.aws.amazon.com/saml"/>`,
    conditions: `NotBefore="${later(-2)}" NotOnOrAfter="${later(58)}"`,
    audience:
      '<saml:AudienceRestriction><saml:Audience>urn:amazon:webservices</saml:Audience></saml:AudienceRestriction>',
    session: '',
    roles: [`${samlRole},${samlProvider}`],
    roleAttribute: `${attributes}/Role`,
    sessionName: attribute(`${attributes}/RoleSessionName`, ['alice']),
    more: '',
    ...change,
  }
  return `<saml:Assertion ${said.start} ID="ID_1" IssueInstant="${later(0)}" Version="2.0"><saml:Issuer>${said.issuer}</saml:Issuer><saml:Subject>${said.subject}<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">${said.confirmation}</saml:SubjectConfirmation></saml:Subject><saml:Conditions ${said.conditions}>${said.audience}</saml:Conditions><saml:AuthnStatement AuthnInstant="${later(0)}" ${said.session}/><saml:AttributeStatement>${said.roles.length > 0 ? attribute(said.roleAttribute, said.roles) : ''}${said.sessionName}</saml:AttributeStatement>${said.more}</saml:Assertion>`
}

export function attribute(name: string, values: readonly string[]): string {
  const each = values.map(value => `<saml:AttributeValue>${value}</saml:AttributeValue>`).join('')
  return `<saml:Attribute Name="${name}">${each}</saml:Attribute>`
}

/** A time in the assertion, in seconds after its issue. */
export function later(seconds: number): string {
  return new Date(issuedAt.getTime() + seconds * 1000).toISOString()
}

/** A provider's response around an assertion. */
export function responseXml(inside: string): string {
  return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="R_1" Version="2.0"><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>${inside}</samlp:Response>`
}

export function encoded(xml: string): string {
  return Buffer.from(xml).toString('base64')
}

export const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
export const inclusive = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: {type: 'pkcs8', format: 'pem'},
  publicKeyEncoding: {type: 'spki', format: 'pem'},
})

/** The assertion with a signature from xml-crypto. */
export function signed(xml: string, canonicalization = exclusive): string {
  const signature = new SignedXml({
    privateKey: keys.privateKey,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: canonicalization,
  })
  signature.addReference({
    xpath: "//*[local-name(.)='Assertion']",
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', canonicalization],
  })
  signature.computeSignature(xml, {
    prefix: 'dsig',
    location: {reference: "//*[local-name(.)='Assertion']/*[local-name(.)='Issuer']", action: 'after'},
  })
  return signature.getSignedXml()
}

/** Whether xml-crypto accepts the one signature in the document. */
export function hasGoodSignature(xml: string): boolean {
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  const [found, ...others] = Array.from(
    document.getElementsByTagNameNS('http://www.w3.org/2000/09/xmldsig#', 'Signature'),
  )
  if (!found || others.length > 0) throw new Error('one signature is expected')
  const verifier = new SignedXml({publicCert: keys.publicKey})
  verifier.loadSignature(String(found))
  try {
    return verifier.checkSignature(xml)
  } catch {
    return false
  }
}
