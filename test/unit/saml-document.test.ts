import {expect} from 'chai'
import {readSaml} from '../../src/aws/saml-document.ts'
import {assertionXml, attribute, encoded, later, responseXml, signed} from '../support/saml.ts'

function refusalOf(document: string): unknown {
  try {
    return readSaml(document)
  } catch (error) {
    return error
  }
}

describe('a SAML document', () => {
  const xml = signed(assertionXml({issuer: 'https://sso.example.com/???~~~'}))
  for (const [what, document] of [
    ['standard base64', Buffer.from(xml).toString('base64')],
    ['base64 without padding', Buffer.from(xml).toString('base64').replace(/=+$/, '')],
    ['base64url', Buffer.from(xml).toString('base64url')],
    [
      'base64url with padding',
      Buffer.from(`${xml} `)
        .toString('base64url')
        .padEnd(Math.ceil((xml.length + 1) / 3) * 4, '='),
    ],
    ['base64 in lines', Buffer.from(xml).toString('base64').replace(/.{76}/g, '$&\r\n')],
  ] as const) {
    it(`is read in ${what}`, () => {
      expect(readSaml(document).assertion.issuer).to.equal('https://sso.example.com/???~~~')
    })
  }

  it('may be a bare assertion or a response', () => {
    expect(readSaml(encoded(xml)).form).to.equal('bare-assertion')
    expect(readSaml(encoded(responseXml(xml)))).to.deep.include({form: 'response'})
    expect(readSaml(encoded(responseXml(xml))).assertion.issuer).to.equal('https://sso.example.com/???~~~')
  })

  it('gives the values that AWS checks', () => {
    const session = `SessionNotOnOrAfter="${later(36_000)}"`
    expect(readSaml(encoded(assertionXml({session}))).assertion).to.deep.include({
      signed: false,
      nameId: 'alice',
      confirmations: [{recipient: 'https://signin.aws.amazon.com/saml', end: new Date(later(298))}],
      notBefore: new Date(later(-2)),
      notOnOrAfter: new Date(later(58)),
      audiences: ['urn:amazon:webservices'],
      sessionEnd: new Date(later(36_000)),
    })
  })

  it('ends with the earliest session at the provider', () => {
    const statement = (seconds: number) => `<saml:AuthnStatement SessionNotOnOrAfter="${later(seconds)}"/>`
    const document = assertionXml({more: statement(7200) + statement(3600) + statement(36_000)})
    expect(readSaml(encoded(document)).assertion.sessionEnd).to.deep.equal(new Date(later(3600)))
  })

  it('is in UTC where its times name no zone, whatever the local zone', () => {
    const conditions = 'NotBefore="2026-11-23T09:00:00" NotOnOrAfter="2026-11-23T09:01:00.123456Z"'
    const zone = process.env.TZ
    process.env.TZ = 'America/New_York'
    try {
      const {notBefore, notOnOrAfter} = readSaml(encoded(assertionXml({conditions}))).assertion
      expect(notBefore).to.deep.equal(new Date('2026-11-23T09:00:00Z'))
      expect(notOnOrAfter).to.deep.equal(new Date('2026-11-23T09:01:00.123Z'))
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })
})

describe('a value of an assertion', () => {
  for (const [what, value] of [
    ['CDATA', 'al<![CDATA[ice]]>'],
    ['character references', '&#97;lice'],
    ['white space around it', '\n  alice\n'],
  ] as const) {
    it(`is read whole although it holds ${what}`, () => {
      const said = {subject: `<saml:NameID>${value}</saml:NameID>`, sessionName: attribute('name', [value])}
      const {nameId, attributes} = readSaml(encoded(assertionXml(said))).assertion
      expect(nameId).to.equal('alice')
      expect(attributes.get('name')).to.deep.equal(['alice'])
    })
  }

  for (const [what, value] of [
    ['a comment', 'al<!-- -->ice'],
    ['a comment at its end', 'alice<!-- .evil.example -->'],
    ['a processing instruction', 'al<?x y?>ice'],
  ] as const) {
    it(`is refused with ${what} inside, wherever it stands`, () => {
      const whole = {subject: '<saml:NameID>alice</saml:NameID>', sessionName: attribute('name', ['alice'])}
      for (const spoilt of [
        {subject: `<saml:NameID>${value}</saml:NameID>`},
        {sessionName: attribute('name', ['other', value])},
      ]) {
        const document = encoded(assertionXml({...whole, ...spoilt}))
        expect(() => readSaml(document)).to.throw('one of its values contains a comment or processing instruction')
      }
    })
  }

  it('that holds elements is not text', () => {
    const sessionName = attribute('name', ['<x>al</x>ice', 'bob'])
    expect(readSaml(encoded(assertionXml({sessionName}))).assertion.attributes.get('name')).to.deep.equal(['bob'])
  })

  it('joins one list when the attribute occurs several times, and is found by its exact name', () => {
    const sessionName = attribute('name', ['a']) + attribute('Name', ['b']) + attribute('name', ['c'])
    const {attributes} = readSaml(encoded(assertionXml({sessionName}))).assertion
    expect(attributes.get('name')).to.deep.equal(['a', 'c'])
    expect(attributes.get('Name')).to.deep.equal(['b'])
  })

  it('counts only where it belongs', () => {
    const stray = `<saml:Advice><saml:AttributeStatement>${attribute('stray', ['x'])}</saml:AttributeStatement></saml:Advice>`
    expect(readSaml(encoded(assertionXml({more: stray}))).assertion.attributes.has('stray')).to.equal(false)
  })
})

describe('a document that can not be used', () => {
  const inner = assertionXml()
  const doctype = '<!DOCTYPE r [<!ENTITY who "alice">]>'
  for (const [what, document, reason] of [
    ['with other characters than base64 has', '%%%%', 'not in base64'],
    ['of nothing', '', 'not in base64'],
    ['that was cut short in base64', `${encoded(inner)}A`, 'not in base64'],
    ['that was cut short in XML', encoded(inner.slice(0, -5)), 'not well-formed'],
    ['with two root elements', encoded(inner + inner), 'not well-formed'],
    ['with text after it', encoded(`${inner}x`), 'not well-formed'],
    ['with an undeclared prefix', encoded(assertionXml({more: '<other:x/>'})), 'not well-formed'],
    ['with an unknown entity', encoded(assertionXml({issuer: '&who;'})), 'not well-formed'],
    ['with an attribute twice', encoded(assertionXml({session: 'a="1" a="2"'})), 'not well-formed'],
    ['with entities of its own', encoded(doctype + assertionXml({issuer: '&who;'})), 'document type'],
    ['with a document type that does nothing', encoded(`<!DOCTYPE r>${inner}`), 'document type'],
    ['that is not UTF-8', Buffer.from(assertionXml({issuer: 'Jürgen'}), 'latin1').toString('base64'), 'not in UTF-8'],
    ['that says it is Latin-1', encoded(`<?xml version="1.0" encoding="ISO-8859-1"?>${inner}`), 'not in UTF-8'],
    ['that is a web page', encoded('<html/>'), 'root element is "html"'],
    ['of SAML 1.1', encoded('<Assertion xmlns="urn:oasis:names:tc:SAML:1.0:assertion"/>'), 'not a SAML 2.0'],
    ['of two assertions', encoded(responseXml(inner + inner)), 'more than one'],
    [
      'with an assertion in the assertion',
      encoded(assertionXml({more: `<saml:Advice>${inner}</saml:Advice>`})),
      'more than one',
    ],
    [
      'with an assertion hidden beside the real one',
      encoded(responseXml(`<samlp:Extensions>${inner}</samlp:Extensions>${inner}`)),
      'more than one',
    ],
    [
      'with its only assertion in another place',
      encoded(responseXml(`<samlp:Extensions>${inner}</samlp:Extensions>`)),
      'no assertion',
    ],
    ['with a response in the response', encoded(responseXml(inner + responseXml(''))), 'more than one'],
    [
      'with an encrypted assertion',
      encoded(responseXml('<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>')),
      'encrypted',
    ],
    [
      'that is an encrypted assertion',
      encoded('<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>'),
      'encrypted',
    ],
  ] as const) {
    it(`(one ${what}) is refused, saying so`, () => {
      const refusal = refusalOf(document)
      expect(refusal).to.be.an('error').with.property('code', 'BAD_RESPONSE')
      expect(String(refusal)).to.include(reason).and.not.to.include('alice')
    })
  }

  it('without an assertion says which status the provider gave', () => {
    const failed = responseXml('').replace('status:Success', 'status:Responder')
    expect(String(refusalOf(encoded(failed)))).to.include('urn:oasis:names:tc:SAML:2.0:status:Responder')
  })
})
