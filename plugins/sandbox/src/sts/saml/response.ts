import type {Element} from '@xmldom/xmldom'
import {namespaces, success} from '../../saml/names.ts'
import {invalidIdentityToken, StsError} from '../errors.ts'
import {childrenOf, descendantsOf, isNamed, onlyChild, parseXml} from './elements.ts'

const {assertion, protocol} = namespaces

/** A document in the form of a SAML response, not yet verified. */
export interface SamlResponse {
  readonly xml: string
  readonly root: Element
  readonly assertion: Element
}

export function readResponse(base64: string): SamlResponse {
  const xml = decode(base64)
  const root = parseXml(xml)
  if (!root) throw invalidIdentityToken('SAMLResponse is not well-formed XML without a DTD')
  if (!isNamed(root, protocol, 'Response') || root.getAttribute('Version') !== '2.0') {
    throw invalidIdentityToken('SAMLResponse is not a Response of SAML 2.0')
  }
  checkStatus(root)
  if (descendantsOf(root, assertion, 'EncryptedAssertion').length > 0) {
    throw invalidIdentityToken('The assertion is encrypted, and the specified provider has no private key')
  }
  const [only, ...more] = descendantsOf(root, assertion, 'Assertion')
  if (!only || more.length > 0 || !childrenOf(root, assertion, 'Assertion').includes(only)) {
    throw invalidIdentityToken('SAMLResponse must contain exactly one Assertion')
  }
  return {xml, root, assertion: only}
}

function decode(base64: string): string {
  const isStandard = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)
  if (!isStandard) throw invalidIdentityToken('Invalid base64 SAMLResponse')
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(Buffer.from(base64, 'base64'))
  } catch (cause) {
    throw Object.assign(invalidIdentityToken('SAMLResponse is not UTF-8'), {cause})
  }
}

function checkStatus(root: Element): void {
  const code = onlyChild(onlyChild(root, protocol, 'Status'), protocol, 'StatusCode')?.getAttribute('Value')
  if (code == null) throw invalidIdentityToken('SAMLResponse has no Status')
  if (code !== success) throw new StsError('IDPRejectedClaim', `The identity provider answered ${code}`, 403)
}
