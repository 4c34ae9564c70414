import {type Element, XMLSerializer} from '@xmldom/xmldom'
import {SignedXml} from 'xml-crypto'
import {algorithms, namespaces} from '../../saml/names.ts'
import {invalidIdentityToken} from '../errors.ts'
import {childrenOf, isNamed, parseXml} from './elements.ts'
import type {SamlResponse} from './response.ts'

const transforms: readonly string[] = [
  algorithms.enveloped,
  algorithms.exclusive,
  `${algorithms.exclusive}WithComments`,
]
const digests: readonly string[] = [algorithms.sha256, algorithms.sha512]
const signatures: readonly string[] = [algorithms.rsaSha256, algorithms.rsaSha512]

/**
 * The assertion, parsed again from the bytes that the signature covers, so that no other element can pass for it. The
 * assertion, the response or both may be signed; every signature must be valid. `certificate` is the provider's;
 * ignores any certificate in the document.
 */
export function signedAssertion({xml, root, assertion}: SamlResponse, certificate: string): Element {
  const ofAssertion = childrenOf(assertion, namespaces.signature, 'Signature')
  const ofResponse = childrenOf(root, namespaces.signature, 'Signature')
  const [signedResponse] = ofResponse.map(signature => signedElement(xml, signature, root, certificate))
  const [signed] = ofAssertion.map(signature => signedElement(xml, signature, assertion, certificate))
  const found = signed ?? (signedResponse && childrenOf(signedResponse, namespaces.assertion, 'Assertion')[0])
  if (!found || !isNamed(found, namespaces.assertion, 'Assertion')) throw invalid()
  return found
}

/** The element that `signature` covers, which must be its own parent and nothing else. */
function signedElement(xml: string, signature: Element, parent: Element, certificate: string): Element {
  const verifier = new SignedXml({publicCert: certificate})
  if (!verifies(verifier, xml, signature)) throw invalid()
  const [reference, ...more] = verifier.getReferences()
  const isAllowed =
    reference !== undefined &&
    more.length === 0 &&
    reference.uri === `#${parent.getAttribute('ID')}` &&
    reference.transforms.every(transform => transforms.includes(transform)) &&
    digests.includes(reference.digestAlgorithm) &&
    signatures.includes(verifier.signatureAlgorithm ?? '')
  const [covered] = isAllowed ? verifier.getSignedReferences() : []
  const element = covered === undefined ? undefined : parseXml(covered)
  if (!element) throw invalid()
  return element
}

function verifies(verifier: SignedXml, xml: string, signature: Element): boolean {
  try {
    verifier.loadSignature(new XMLSerializer().serializeToString(signature))
    return verifier.checkSignature(xml)
  } catch {
    return false
  }
}

function invalid(): Error {
  return invalidIdentityToken('Response signature invalid')
}
