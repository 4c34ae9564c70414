import type {ServerResponse} from 'node:http'
import {element} from '../xml-text.ts'
import type {SamlSource} from './document.ts'
import {certificateBase64} from './identity.ts'
import {namespaces, unspecifiedNameId} from './names.ts'

/** The path of the identity provider; the full address is also its entity ID. */
export const samlPath = '/saml'

/** Answers with the metadata that AWS requires of an identity provider. */
export function sendMetadata(response: ServerResponse, source: Pick<SamlSource, 'issuer' | 'identity'>): void {
  response.writeHead(200, {'Content-Type': 'application/samlmetadata+xml', 'Cache-Control': 'no-store'})
  response.end(metadata(source))
}

function metadata({issuer, identity}: Pick<SamlSource, 'issuer' | 'identity'>): string {
  const certificate = element('ds:X509Certificate', {}, certificateBase64(identity))
  const keyInfo = element('ds:KeyInfo', {'xmlns:ds': namespaces.signature}, element('ds:X509Data', {}, certificate))
  const descriptor = element(
    'md:IDPSSODescriptor',
    {WantAuthnRequestsSigned: 'false', protocolSupportEnumeration: namespaces.protocol},
    element('md:KeyDescriptor', {use: 'signing'}, keyInfo),
    element('md:NameIDFormat', {}, unspecifiedNameId),
    // Required by the schema, although nobody signs in through it.
    element('md:SingleSignOnService', {
      Binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
      Location: issuer,
    }),
  )
  return element('md:EntityDescriptor', {'xmlns:md': namespaces.metadata, entityID: issuer}, descriptor)
}
