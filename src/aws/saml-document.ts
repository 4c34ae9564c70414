import type {Element} from '@xmldom/xmldom'
import {printable} from '../errors.ts'
import {decodeSaml, unusable} from './saml-encoding.ts'
import {
  childrenOf,
  contentOf,
  countOf,
  isElement,
  parseXml,
  protocolNamespace,
  samlDescendants,
  samlNamespace,
  signatureNamespace,
} from './saml-xml.ts'

/** A provider's SAML document and the parts of it that AWS reads. We leave checking its signature to AWS. */
export interface SamlDocument {
  readonly bytes: Buffer
  /** AWS accepts a bare assertion only inside a response. */
  readonly form: 'response' | 'bare-assertion'
  /** Whether the root element declares a default namespace. */
  readonly declaresDefaultNamespace: boolean
  readonly assertion: SamlAssertion
}

/** A member is `undefined` if the assertion lacks it or it can't be read. */
export interface SamlAssertion {
  readonly issuer: string | undefined
  readonly issuedAt: Date | undefined
  /** Whether the assertion, or the response around it, has a signature. */
  readonly signed: boolean
  readonly nameId: string | undefined
  readonly confirmations: readonly {readonly recipient: string | undefined; readonly end: Date | undefined}[]
  readonly notBefore: Date | undefined
  readonly notOnOrAfter: Date | undefined
  readonly audiences: readonly string[]
  /** The earliest end of a session at the provider; credentials from AWS end then at the latest. */
  readonly sessionEnd: Date | undefined
  /** By exact name: AWS is case-sensitive. */
  readonly attributes: ReadonlyMap<string, readonly string[]>
}

/**
 * Reads a response or a bare assertion (SAML 2.0 core) in base64 or base64url. Throws BAD_RESPONSE unless it holds
 * exactly one readable assertion in its proper place: of two, AWS could take the one that we did not check.
 */
export function readSaml(document: string): SamlDocument {
  const bytes = decodeSaml(document)
  const root = parseXml(bytes)
  if (countOf(root, samlNamespace, 'EncryptedAssertion') > 0) {
    throw unusable('its assertion is encrypted', 'Turn off the encryption of assertions at the provider.')
  }
  const bare = isElement(root, samlNamespace, 'Assertion')
  if (!bare && !isElement(root, protocolNamespace, 'Response')) {
    throw unusable(`its root element is "${printable(root.nodeName, 60)}", not a SAML 2.0 response or assertion`)
  }
  const assertion = bare ? root : assertionIn(root)
  if (countOf(root, samlNamespace, 'Assertion') !== 1 || countOf(root, protocolNamespace, 'Response') > 1) {
    throw unusable('it holds more than one assertion')
  }
  return {
    bytes,
    form: bare ? 'bare-assertion' : 'response',
    declaresDefaultNamespace: root.hasAttribute('xmlns'),
    assertion: {...readAssertion(assertion), signed: isSigned(assertion) || isSigned(root)},
  }
}

function assertionIn(response: Element): Element {
  const [assertion] = childrenOf(response, samlNamespace, 'Assertion')
  if (assertion) return assertion
  const [status] = childrenOf(response, protocolNamespace, 'Status')
  const codes = status ? childrenOf(status, protocolNamespace, 'StatusCode') : []
  const said = codes.map(code => printable(code.getAttribute('Value') ?? '', 100)).join(' ')
  throw unusable(`it holds no assertion${said && ` (its status is ${said})`}`)
}

function readAssertion(assertion: Element): Omit<SamlAssertion, 'signed'> {
  const [issuer] = samlDescendants(assertion, 'Issuer')
  const [nameId] = samlDescendants(assertion, 'Subject', 'NameID')
  const [conditions] = samlDescendants(assertion, 'Conditions')
  const sessionEnds = samlDescendants(assertion, 'AuthnStatement').flatMap(
    statement => instantOf(statement, 'SessionNotOnOrAfter') ?? [],
  )
  const confirmations = samlDescendants(assertion, 'Subject', 'SubjectConfirmation', 'SubjectConfirmationData')
  const audiences = samlDescendants(assertion, 'Conditions', 'AudienceRestriction', 'Audience')
  return {
    issuer: textOf(issuer),
    issuedAt: instantOf(assertion, 'IssueInstant'),
    nameId: textOf(nameId),
    confirmations: confirmations.map(data => ({
      recipient: data.getAttribute('Recipient') || undefined,
      end: instantOf(data, 'NotOnOrAfter'),
    })),
    notBefore: instantOf(conditions, 'NotBefore'),
    notOnOrAfter: instantOf(conditions, 'NotOnOrAfter'),
    audiences: audiences.flatMap(audience => textOf(audience) ?? []),
    sessionEnd: sessionEnds.toSorted((a, b) => a.getTime() - b.getTime())[0],
    attributes: attributesOf(assertion),
  }
}

/** An attribute may be repeated with one value each time; the values are merged into one list. */
function attributesOf(assertion: Element): ReadonlyMap<string, readonly string[]> {
  const attributes = new Map<string, readonly string[]>()
  for (const attribute of samlDescendants(assertion, 'AttributeStatement', 'Attribute')) {
    const name = attribute.getAttribute('Name') ?? ''
    const values = samlDescendants(attribute, 'AttributeValue').flatMap(value => textOf(value) ?? [])
    attributes.set(name, [...(attributes.get(name) ?? []), ...values])
  }
  return attributes
}

function isSigned(element: Element): boolean {
  return childrenOf(element, signatureNamespace, 'Signature').length > 0
}

function textOf(element: Element | undefined): string | undefined {
  return (element && contentOf(element)) || undefined
}

/** SAML times are in UTC even without a time zone (SAML 2.0 core, 1.3.3). */
function instantOf(element: Element | undefined, name: string): Date | undefined {
  const text = element?.getAttribute(name) ?? ''
  const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/.test(text) ? new Date(`${text}Z`) : new Date(text)
  return Number.isNaN(date.getTime()) ? undefined : date
}
