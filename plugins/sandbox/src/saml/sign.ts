import {SignedXml} from 'xml-crypto'
import {element} from '../xml-text.ts'
import {certificateBase64, type SamlIdentity} from './identity.ts'
import {algorithms} from './names.ts'
import type {DocumentOrder} from './order.ts'

/** Signs the element with that ID in `xml`, and puts the signature after its first child, the Issuer. */
export function signElement(xml: string, id: string, c14n: DocumentOrder['c14n'], identity: SamlIdentity): string {
  const target = `//*[@ID='${id}']`
  const signer = new SignedXml({
    privateKey: identity.privateKey,
    signatureAlgorithm: algorithms.rsaSha256,
    // Keycloak, set to inclusive C14N, uses it only here and not in the transforms of the reference.
    canonicalizationAlgorithm: algorithms[c14n],
    getKeyInfoContent: () => keyInfo(identity),
  })
  signer.addReference({
    xpath: target,
    digestAlgorithm: algorithms.sha256,
    transforms: [algorithms.enveloped, algorithms.exclusive],
  })
  signer.computeSignature(xml, {
    prefix: 'dsig',
    location: {reference: `${target}/*[1]`, action: 'after'},
  })
  return signer.getSignedXml()
}

/** Changes the value of every signature in `xml`, but not its form. */
export function breakSignatures(xml: string): string {
  return xml.replace(
    /(<dsig:SignatureValue>)(.)/g,
    (_, start: string, first: string) => `${start}${first === 'A' ? 'B' : 'A'}`,
  )
}

function keyInfo(identity: SamlIdentity): string {
  const certificate = element('dsig:X509Certificate', {}, certificateBase64(identity))
  return element('dsig:KeyName', {}, identity.keyName) + element('dsig:X509Data', {}, certificate)
}
