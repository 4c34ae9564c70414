import type {Element} from '@xmldom/xmldom'
import {unusable} from './saml-encoding.ts'
import {elementsIn, hasDoctype, rootOf} from './xml.ts'

export const samlNamespace = 'urn:oasis:names:tc:SAML:2.0:assertion'
export const protocolNamespace = 'urn:oasis:names:tc:SAML:2.0:protocol'
export const signatureNamespace = 'http://www.w3.org/2000/09/xmldsig#'

/**
 * The root element of a UTF-8 document. Throws BAD_RESPONSE if it is not well-formed or has a document type
 * declaration.
 */
export function parseXml(bytes: Buffer): Element {
  const text = textOf(bytes)
  if (hasDoctype(text)) throw unusable('it has a document type declaration')
  const root = rootOf(text)
  if (root) return root
  throw unusable('it is not well-formed XML')
}

function textOf(bytes: Buffer): string {
  let text: string
  try {
    text = new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch {
    throw unusable('it is not in UTF-8')
  }
  const encoding = /^<\?xml\s[^>]*?encoding\s*=\s*["']([^"']*)["']/.exec(text)?.[1]
  if (encoding !== undefined && !/^(utf-8|us-ascii)$/i.test(encoding)) throw unusable('it is not in UTF-8')
  return text
}

export function isElement({namespaceURI, localName}: Element, namespace: string, name: string): boolean {
  return namespaceURI === namespace && localName === name
}

/** The direct children of that name, in order. */
export function childrenOf(parent: Element, namespace: string, name: string): readonly Element[] {
  return elementsIn(parent).filter(child => isElement(child, namespace, name))
}

/** The elements reached by following direct children of these names in the SAML assertion namespace. */
export function samlDescendants(parent: Element, ...names: readonly string[]): readonly Element[] {
  return names.reduce<readonly Element[]>(
    (parents, name) => parents.flatMap(element => childrenOf(element, samlNamespace, name)),
    [parent],
  )
}

/** How many elements of that name there are in the whole document. */
export function countOf(root: Element, namespace: string, name: string): number {
  const below = root.getElementsByTagNameNS(namespace, name).length
  return isElement(root, namespace, name) ? below + 1 : below
}

/**
 * The text of an element; `undefined` if it has child elements. Throws BAD_RESPONSE for a comment or processing
 * instruction inside: signatures ignore comments, so a reader that stops at one sees another value than was signed.
 */
export function contentOf(element: Element): string | undefined {
  if (elementsIn(element).length > 0) return undefined
  if (Array.from(element.childNodes).some(({nodeType}) => nodeType !== textNode && nodeType !== cdataNode)) {
    throw unusable('one of its values contains a comment or processing instruction')
  }
  return (element.textContent ?? '').trim()
}

// https://dom.spec.whatwg.org/#dom-node-nodetype
const [textNode, cdataNode] = [3, 4]
