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

/** A SAML document of a provider, with what AWS looks at in it. Its signature is for AWS to check. */
export interface SamlDocument {
  readonly bytes: Buffer
  /** A bare assertion must be put into a response before AWS takes it. */
  readonly form: 'response' | 'bare-assertion'
  /** Whether the root element says itself what names without a prefix mean in it. */
  readonly declaresDefaultNamespace: boolean
  readonly assertion: SamlAssertion
}

/** Absent is what the assertion leaves out or what can't be read. */
export interface SamlAssertion {
  readonly issuer: string | undefined
  readonly issuedAt: Date | undefined
  /** Whether there is a signature over it, or over the response it came in. */
  readonly signed: boolean
  readonly nameId: string | undefined
  readonly confirmations: readonly {readonly recipient: string | undefined; readonly end: Date | undefined}[]
  readonly notBefore: Date | undefined
  readonly notOnOrAfter: Date | undefined
  readonly audiences: readonly string[]
  /** When the first session at the provider ends, and with it what AWS gives. */
  readonly sessionEnd: Date | undefined
  /** By their exact names: AWS tells upper and lower case apart. */
  readonly attributes: ReadonlyMap<string, readonly string[]>
}

/**
 * Reads a response or a bare assertion (SAML 2.0 core) in base64 or base64url. Throws BAD_RESPONSE unless it holds
 * exactly one readable assertion, where one belongs: of two, AWS could take the one that was not looked at here.
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

/** Attributes may come with one value each and the same name; together they are one list. */
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

/** Times of SAML are in UTC whether they say so or not (SAML 2.0 core, 1.3.3). */
function instantOf(element: Element | undefined, name: string): Date | undefined {
  const text = element?.getAttribute(name) ?? ''
  const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/.test(text) ? new Date(`${text}Z`) : new Date(text)
  return Number.isNaN(date.getTime()) ? undefined : date
}
