import {randomBytes} from 'node:crypto'
import type {SamlDocument} from './saml-document.ts'
import {encodeSaml} from './saml-encoding.ts'
import {protocolNamespace, samlNamespace} from './saml-xml.ts'

/**
 * The document as AssumeRoleWithSAML takes it. A response goes as it came. A bare assertion is put into a response of
 * our own, which needs no signature; its bytes stay as they are, and so its own signature stays good. Throws
 * AWS_REFUSED where the result is too long.
 */
export function responseWith(document: SamlDocument, now: Date): string {
  return encodeSaml(document.form === 'response' ? document.bytes : wrapped(document, now))
}

/**
 * Declares no prefix: one that is declared around an assertion becomes a part of its inclusive canonical form (C14N
 * 1.0, 2.4), over which it may be signed, and the signature would no longer match.
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

/** Neither a byte order mark nor an XML declaration may stand inside a document. */
function withoutDeclaration(bytes: Buffer): Buffer {
  const mark = bytes.subarray(0, 3).toString('hex') === 'efbbbf' ? 3 : 0
  const declaration = /^<\?xml\s[^>]*\?>/.exec(bytes.toString('latin1', mark, mark + 300))?.[0].length ?? 0
  return bytes.subarray(mark + declaration)
}

/**
 * An assertion that says nothing of names without a prefix would take the response's meaning over, and into its
 * canonical form. That they mean nothing is not written there, so that saying so changes no signed byte.
 */
function withoutDefaultNamespace(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1')
  // Comments may stand before the element; the first name is its own.
  const nameEnd = /^(?:\s+|<!--.*?-->|<\?.*?\?>)*<[^\s/>]+/s.exec(text)?.[0].length ?? 0
  return Buffer.concat([bytes.subarray(0, nameEnd), Buffer.from(' xmlns=""'), bytes.subarray(nameEnd)])
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`)
}
