import {DOMParser, type Document, type Element, onWarningStopParsing} from '@xmldom/xmldom'
import {invalidIdentityToken} from '../errors.ts'

/** The root element; `undefined` if `xml` is not well-formed or has a DTD. */
export function parseXml(xml: string): Element | undefined {
  const document = parse(xml)
  return document?.doctype ? undefined : (document?.documentElement ?? undefined)
}

function parse(xml: string): Document | undefined {
  try {
    // Treats the parser's warnings as errors too.
    return new DOMParser({onError: onWarningStopParsing}).parseFromString(xml, 'application/xml')
  } catch {
    return undefined
  }
}

export function isNamed(element: Element, namespace: string, name: string): boolean {
  return element.namespaceURI === namespace && element.localName === name
}

export function childrenOf(parent: Element, namespace: string, name: string): readonly Element[] {
  return descendantsOf(parent, namespace, name).filter(element => element.parentNode === parent)
}

export function descendantsOf(ancestor: Element, namespace: string, name: string): readonly Element[] {
  return [...ancestor.getElementsByTagNameNS(namespace, name)]
}

/** The child of that name, if there is exactly one. */
export function onlyChild(parent: Element | undefined, namespace: string, name: string): Element | undefined {
  const [child, ...more] = parent ? childrenOf(parent, namespace, name) : []
  return more.length === 0 ? child : undefined
}

/** The whole text of an element, ignoring comments. */
export function textOf(element: Element | undefined): string {
  return element?.textContent ?? ''
}

/** Reads a time in SAML's UTC format; `undefined` if absent. Throws for any other format. */
export function timeIn(element: Element | undefined, attribute: string): Date | undefined {
  const text = element?.getAttribute(attribute)
  if (text == null) return undefined
  const time = new Date(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) ? text : Number.NaN)
  if (Number.isNaN(time.getTime())) throw invalidIdentityToken(`${attribute} of the Response is no time in UTC`)
  return time
}
