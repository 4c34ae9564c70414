import {expect} from 'chai'
import {SignedXml} from 'xml-crypto'
import {createSamlIdentity, type SamlIdentity} from '../src/saml/identity.ts'
import {algorithms, namespaces} from '../src/saml/names.ts'
import {parseXml, timeIn} from '../src/sts/saml/elements.ts'
import {readResponse} from '../src/sts/saml/response.ts'
import {signedAssertion} from '../src/sts/saml/signature.ts'
import {readSubject} from '../src/sts/saml/subject.ts'
import {documentOf, signIn} from './support/saml.ts'

const xml = `<p:Response xmlns:p="${namespaces.protocol}" xmlns:a="${namespaces.assertion}" ID="r" Version="2.0"><p:Status><p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></p:Status><a:Assertion ID="a"><a:Issuer>x</a:Issuer></a:Assertion></p:Response>`

interface Choices {
  readonly signature?: string
  readonly digest?: string
  readonly transforms?: readonly string[]
  readonly references?: readonly string[]
  /** Signs by an empty URI, in the response. */
  readonly wholeDocument?: boolean
}

describe('STS, given a signed SAML response,', () => {
  let identity: SamlIdentity

  before(async () => {
    identity = await createSamlIdentity()
  })

  /** Signs in ways in which the sandbox's own provider never would. */
  function sign({signature, digest, transforms, wholeDocument = false, ...choices}: Choices): string {
    const signer = new SignedXml({
      privateKey: identity.privateKey,
      signatureAlgorithm: signature ?? algorithms.rsaSha256,
      canonicalizationAlgorithm: algorithms.exclusive,
    })
    for (const xpath of choices.references ?? [wholeDocument ? '/*' : "//*[@ID='a']"]) {
      signer.addReference({
        xpath,
        digestAlgorithm: digest ?? algorithms.sha256,
        transforms: transforms ?? [algorithms.enveloped, algorithms.exclusive],
        isEmptyUri: wholeDocument,
      })
    }
    const sibling = `//*[local-name(.)='${wholeDocument ? 'Status' : 'Issuer'}']`
    signer.computeSignature(xml, {location: {reference: sibling, action: 'after'}})
    return signer.getSignedXml()
  }

  const verify = (document: string) => signedAssertion(readResponse(documentOf(document)), identity.certificate)
  const sha1 = 'http://www.w3.org/2000/09/xmldsig#'

  const good: [string, Choices][] = [
    ['RSA-SHA256', {}],
    ['RSA-SHA512', {signature: algorithms.rsaSha512, digest: algorithms.sha512}],
    ['exclusive C14N with comments', {transforms: [algorithms.enveloped, `${algorithms.exclusive}WithComments`]}],
  ]
  for (const [what, choices] of good) {
    it(`accepts ${what}`, () => {
      expect(verify(sign(choices)).getAttribute('ID')).to.equal('a')
    })
  }

  it('reads what was signed, and not the document', () => {
    const response = readResponse(documentOf(sign({})))
    const found = signedAssertion(response, identity.certificate)
    expect(found.parentNode).to.equal(found.ownerDocument).and.not.to.equal(response.root.ownerDocument)
  })

  const bad: [string, Choices][] = [
    ['a signature by RSA-SHA1', {signature: `${sha1}rsa-sha1`}],
    ['a digest by SHA-1', {digest: `${sha1}sha1`}],
    ['a reference in inclusive C14N', {transforms: [algorithms.enveloped, algorithms.inclusive]}],
    ['two references', {references: ["//*[@ID='a']", "//*[local-name(.)='Status']"]}],
    ['a reference to something else', {references: ["//*[local-name(.)='Status']"]}],
    ['a reference to the whole document', {wholeDocument: true}],
    ['a reference to the response by a signature in the assertion', {references: ["//*[@ID='r']"]}],
  ]
  for (const [what, choices] of bad) {
    it(`refuses ${what}, although it is valid`, () => {
      expect(() => verify(sign(choices))).to.throw('Response signature invalid')
    })
  }
})

describe('STS, given the subject of an assertion,', () => {
  const subject = (...confirmations: string[]) =>
    parseXml(
      `<Assertion xmlns="${namespaces.assertion}"><Subject><NameID>alice</NameID>${confirmations.join('')}</Subject></Assertion>`,
    )
  const confirmation = (method: string) =>
    `<SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:${method}"><SubjectConfirmationData Recipient="${signIn}" NotOnOrAfter="2030-01-01T00:00:00Z"/></SubjectConfirmation>`
  const read = (...methods: string[]) => {
    const assertion = subject(...methods.map(confirmation))
    return assertion && readSubject(assertion, new Date('2029-12-31T23:59:59Z'))
  }

  it('accepts one bearer confirmation', () => {
    expect(read('bearer')).to.have.property('name', 'alice')
  })

  for (const methods of [['bearer', 'bearer'], ['holder-of-key'], ['holder-of-key', 'bearer'], []]) {
    it(`refuses ${methods.join(' and ') || 'no confirmation'}`, () => {
      expect(() => read(...methods)).to.throw('exactly one bearer SubjectConfirmation')
    })
  }

  it('accepts times in UTC only', () => {
    const time = (text: string) => timeIn(parseXml(`<a t="${text}"/>`), 't')?.toISOString()
    expect(time('2026-11-23T10:00:00.5Z')).to.equal('2026-11-23T10:00:00.500Z')
    expect(timeIn(parseXml('<a/>'), 't')).to.equal(undefined)
    for (const text of ['', '2026-11-23', '2026-11-23T10:00:00', '2026-11-23T10:00:00+01:00', '2026-13-01T00:00:00Z']) {
      expect(() => time(text), text).to.throw('no time in UTC')
    }
  })
})
