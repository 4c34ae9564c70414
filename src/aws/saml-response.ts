import {randomBytes} from 'node:crypto'
import type {SamlDocument} from './saml-document.ts'
import {encodeSaml} from './saml-encoding.ts'
import {protocolNamespace, samlNamespace} from './saml-xml.ts'

/**
 * The document as AssumeRoleWithSAML takes it. A response stays unchanged. A bare assertion is wrapped in a response of
 * our own, which needs no signature; its signed content stays the same, so its own signature remains valid. Throws
 * AWS_REFUSED if the result is too long.
 */
export function responseWith(document: SamlDocument, now: Date): string {
  return encodeSaml(document.form === 'response' ? document.bytes : wrapped(document, now))
}

/**
 * Declares no prefixes: a prefix declared around the assertion becomes part of its inclusive canonical form (C14N 1.0,
 * 2.4) and would break a signature over that form.
 */
function wrapped({bytes, assertion, declaresDefaultNamespace}: SamlDocument, now: Date): Buffer {
  const {issuer = '', confirmations} = assertion
  const destination = confirmations[0]?.recipient
  const head = [
    `<Response xmlns="${protocolNamespace}" ID="_${randomBytes(16).toString('hex')}" Version="2.0"`,
    ` IssueInstant="${now.toISOString()}"`,
    destination === undefined ? '' : ` Destination="${escaped(destination)}"`,
    `><Issuer xmlns="${samlNamespace}">${escaped(issuer)}</Issuer>`,
    '<Status><StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></Status>',
  ]
  const own = withoutDeclaration(bytes)
  return Buffer.concat([
    Buffer.from(head.join('')),
    declaresDefaultNamespace ? own : withoutDefaultNamespace(own),
    Buffer.from('</Response>'),
  ])
}

/** Removes a byte order mark and an XML declaration, which are not allowed inside a document. */
function withoutDeclaration(bytes: Buffer): Buffer {
  const mark = bytes.subarray(0, 3).toString('hex') === 'efbbbf' ? 3 : 0
  const declaration = /^<\?xml\s[^>]*\?>/.exec(bytes.toString('latin1', mark, mark + 300))?.[0].length ?? 0
  return bytes.subarray(mark + declaration)
}

/**
 * An assertion without a default namespace would inherit the response's, also in its canonical form. Adds `xmlns=""`
 * instead, which canonical form omits, so that no signed byte changes.
 */
function withoutDefaultNamespace(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1')
  // Skips comments and the like before the root element, up to the end of its name.
  const nameEnd = /^(?:\s+|<!--.*?-->|<\?.*?\?>)*<[^\s/>]+/s.exec(text)?.[0].length ?? 0
  return Buffer.concat([bytes.subarray(0, nameEnd), Buffer.from(' xmlns=""'), bytes.subarray(nameEnd)])
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`)
}
