import {randomUUID} from 'node:crypto'
import {element, escapeXml} from '../xml-text.ts'
import {namespaces, success} from './names.ts'

export interface ResponseParts {
  readonly issuer: string
  readonly recipient: string
  readonly issued: Date
  /** Assertions, signed or not, encrypted or not. */
  readonly content: readonly string[]
}

export interface UnsignedResponse {
  readonly id: string
  readonly xml: string
}

/** The SAML response that a browser would post to AWS. */
export function responseFor({issuer, recipient, issued, content}: ResponseParts): UnsignedResponse {
  const id = `ID_${randomUUID()}`
  const attributes = {
    'xmlns:samlp': namespaces.protocol,
    'xmlns:saml': namespaces.assertion,
    Destination: recipient,
    ID: id,
    IssueInstant: issued.toISOString(),
    Version: '2.0',
  }
  const status = element('samlp:Status', {}, element('samlp:StatusCode', {Value: success}))
  const xml = element('samlp:Response', attributes, element('saml:Issuer', {}, escapeXml(issuer)), status, ...content)
  return {id, xml}
}
