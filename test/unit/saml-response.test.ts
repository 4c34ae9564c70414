import {expect} from 'chai'
import {readSaml} from '../../src/aws/saml-document.ts'
import {responseWith} from '../../src/aws/saml-response.ts'
import {
  assertionXml,
  encoded,
  exclusive,
  hasGoodSignature,
  inclusive,
  issuedAt,
  responseXml,
  signed,
} from '../support/saml.ts'

const bothNamespaces = {}
const prefixOnly = {start: 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'}

function wrapped(document: string): string {
  const response = responseWith(readSaml(document), issuedAt)
  expect(response, 'standard base64, padded')
    .to.match(/^[A-Za-z0-9+/]+={0,2}$/)
    .and.satisfy((text: string) => text.length % 4 === 0)
  return Buffer.from(response, 'base64').toString('utf8')
}

describe('a bare assertion that is wrapped into a response', () => {
  for (const [c14n, algorithm] of [
    ['exclusive', exclusive],
    ['inclusive', inclusive],
  ] as const) {
    for (const [names, start] of [
      ['a prefix and a default namespace, as Keycloak', bothNamespaces],
      ['a prefix only', prefixOnly],
    ] as const) {
      it(`keeps its signature valid (${c14n} C14N, ${names})`, () => {
        const xml = signed(assertionXml(start), algorithm)
        expect(hasGoodSignature(xml), 'before').to.equal(true)
        expect(hasGoodSignature(wrapped(encoded(xml)))).to.equal(true)
      })
    }
  }

  it('would break it if the response declared a prefix: the check notices that', () => {
    const xml = signed(assertionXml(), inclusive)
    expect(hasGoodSignature(responseXml(xml))).to.equal(false)
  })

  it('keeps its bytes, whatever language they are in', () => {
    const xml = signed(assertionXml({subject: '<saml:NameID>Jürgen 山田</saml:NameID>'}))
    expect(wrapped(encoded(xml))).to.include(xml)
    expect(hasGoodSignature(wrapped(encoded(xml)))).to.equal(true)
  })

  for (const [what, before] of [
    ['an XML declaration', '<?xml version="1.0" encoding="UTF-8"?>\n'],
    ['a byte order mark', '\u{feff}'],
    ['both, and a comment', '\u{feff}<?xml version="1.0"?><!-- <saml:Assertion> -->'],
  ] as const) {
    it(`is well-formed there although it began with ${what}`, () => {
      const xml = signed(assertionXml(prefixOnly), inclusive)
      const response = wrapped(encoded(before + xml))
      expect(response).not.to.include('<?xml').and.not.to.include('\u{feff}')
      expect(hasGoodSignature(response)).to.equal(true)
    })
  }

  it('is addressed to its recipient, and its issuer is that of the response too', () => {
    const xml = signed(assertionXml({issuer: 'https://sso.example.com/?a=1&amp;b=&quot;2&quot;'}))
    const response = wrapped(encoded(xml))
    expect(response).to.match(
      /^<Response xmlns="urn:oasis:names:tc:SAML:2\.0:protocol" ID="_[0-9a-f]{32}" Version="2\.0" IssueInstant="2026-11-23T09:00:00\.000Z" Destination="https:\/\/signin\.aws\.amazon\.com\/saml">/,
    )
    const {assertion} = readSaml(encoded(response))
    expect(assertion.issuer).to.equal('https://sso.example.com/?a=1&b="2"')
    expect(response.match(/a=1&#38;b=&#34;2&#34;<\/Issuer>/), 'the copy').not.to.equal(null)
  })

  it('gets a new response ID each time', () => {
    const document = encoded(signed(assertionXml()))
    const idOf = (response: string) => /ID="(_[^"]+)"/.exec(response)?.[1]
    expect(idOf(wrapped(document))).not.to.equal(idOf(wrapped(document)))
  })
})

describe('a response of the provider', () => {
  it('goes to AWS byte for byte, in standard base64 though it came in base64url', () => {
    const xml = responseXml(signed(assertionXml({issuer: 'https://sso.example.com/ÿþ~~~???'})))
    expect(wrapped(Buffer.from(xml).toString('base64url'))).to.equal(xml)
  })
})

describe('a document that AWS would find too long', () => {
  it('is refused with both numbers', () => {
    const more = `<saml:Advice>${'x'.repeat(75_000)}</saml:Advice>`
    expect(() => readSaml(encoded(assertionXml({more}))))
      .to.throw(/has 10\d{4} characters; AWS accepts at most 100000/)
      .with.property('code', 'AWS_REFUSED')
  })

  it('is refused when only the response around it makes it so', () => {
    const padding = 75_000 - assertionXml({more: '<saml:Advice></saml:Advice>'}).length
    const more = `<saml:Advice>${'x'.repeat(padding)}</saml:Advice>`
    const saml = readSaml(encoded(assertionXml({more})))
    expect(() => responseWith(saml, issuedAt))
      .to.throw(/at most 100000/)
      .with.property('code', 'AWS_REFUSED')
  })
})
