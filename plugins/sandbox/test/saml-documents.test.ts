import {expect} from 'chai'
import {useSandbox} from './support/running-sandbox.ts'
import {attributeIn, elementsIn, mintSaml, providerArn, xmlIn} from './support/saml.ts'
import {roleArn} from './support/sts-client.ts'

describe('SAML documents made on request', () => {
  const sandbox = useSandbox()
  const mint = async (order: Record<string, unknown> = {}) => xmlIn(await mintSaml(sandbox, order))
  const mintChanged = (change: Record<string, unknown>) => mint({change})
  const textsIn = (xml: string, name: string) => elementsIn(xml, name).map(({textContent}) => textContent)
  const count = (xml: string, name: string) => elementsIn(xml, name).length

  it('are responses in standard base64 by default, and assertions on request', async () => {
    expect(await mint()).to.match(/^<samlp:Response .*<saml:Assertion .*<\/samlp:Response>$/)
    expect(await mint({form: 'assertion'})).to.match(/^<saml:Assertion .*<\/saml:Assertion>$/)
  })

  it('come in every encoding, padded or not', async () => {
    const ends = new Set<string>()
    for (const encoding of ['base64', 'base64url'] as const) {
      for (const Length of ['x', 'xx', 'xxx']) {
        const order = {encoding, change: {attributes: {Length}}}
        const [padded, bare] = [
          await mintSaml(sandbox, {...order, padded: true}),
          await mintSaml(sandbox, {...order, padded: false}),
        ]
        expect(padded.length % 4).to.equal(0)
        expect(bare).to.match(encoding === 'base64' ? /^[\w+/]+$/ : /^[\w-]+$/)
        expect(padded).to.match(encoding === 'base64' ? /^[\w+/]+=*$/ : /^[\w-]+=*$/)
        expect(xmlIn(bare, encoding)).to.match(/<\/samlp:Response>$/)
        ends.add(/=*$/.exec(padded)?.[0] ?? '')
      }
    }
    expect([...ends].sort()).to.deep.equal(['', '=', '=='])
  })

  it('differ in the canonical form of what is signed, and there only', async () => {
    const canonicalization = async (c14n: string) => {
      const xml = await mint({c14n})
      const algorithms = ['CanonicalizationMethod', 'Transform'].flatMap(name => elementsIn(xml, name))
      return algorithms.map(element => element.getAttribute('Algorithm')?.replace(/^.*\//, ''))
    }
    const transforms = ['xmldsig#enveloped-signature', 'xml-exc-c14n#']
    expect(await canonicalization('exclusive')).to.deep.equal(['xml-exc-c14n#', ...transforms])
    expect(await canonicalization('inclusive')).to.deep.equal(['REC-xml-c14n-20010315', ...transforms])
  })

  it('name role and provider in either order, and extra roles', async () => {
    const xml = await mint({user: 'bob', pairOrder: 'provider-first', change: {extraRoles: ['odd']}})
    expect(attributeIn(xml, 'Role')).to.deep.equal([`${providerArn},${roleArn('developer')}`, 'odd'])
  })

  it('live as long as requested', async () => {
    const xml = await mint({lifetimeSeconds: 300})
    const end = new Date(elementsIn(xml, 'Conditions')[0]?.getAttribute('NotOnOrAfter') ?? '')
    expect(end.getTime()).to.be.closeTo(Date.now() + 298_000, 5000)
  })

  it('can be issued by a wrong clock', async () => {
    await sandbox.control('POST /clock', {offsetSeconds: 7200})
    const issued = new Date(elementsIn(await mint(), 'Assertion')[0]?.getAttribute('IssueInstant') ?? '')
    expect(issued.getTime()).to.be.closeTo(Date.now() + 7_200_000, 5000)
  })

  it('are issued at the requested time', async () => {
    const xml = await mintChanged({issueInstantSecondsAgo: 600})
    for (const name of ['Response', 'Assertion']) {
      const issued = new Date(elementsIn(xml, name)[0]?.getAttribute('IssueInstant') ?? '')
      expect(issued.getTime()).to.be.closeTo(Date.now() - 600_000, 5000)
    }
  })

  it('can have another recipient, audience and issuer', async () => {
    const xml = await mintChanged({recipient: 'https://r', audience: 'a', issuer: 'i'})
    expect(elementsIn(xml, 'SubjectConfirmationData')[0]?.getAttribute('Recipient')).to.equal('https://r')
    expect(elementsIn(xml, 'Response')[0]?.getAttribute('Destination')).to.equal('https://r')
    expect(textsIn(xml, 'Audience')).to.deep.equal(['a'])
    expect(textsIn(xml, 'Issuer')).to.deep.equal(['i', 'i'])
  })

  for (const name of ['NameID', 'SubjectConfirmation', 'Conditions', 'AudienceRestriction', 'AuthnStatement']) {
    it(`leave ${name} out`, async () => {
      expect(count(await mint(), name)).to.equal(1)
      expect(count(await mintChanged({drop: [name]}), name)).to.equal(0)
    })
  }

  for (const name of ['Recipient', 'NotOnOrAfter']) {
    it(`leave ${name} out of the confirmation`, async () => {
      const [data] = elementsIn(await mintChanged({drop: [name]}), 'SubjectConfirmationData')
      expect(data?.attributes).to.have.length(1)
      expect(data?.hasAttribute(name)).to.equal(false)
    })
  }

  it('leave attributes out, change them and add others', async () => {
    const dropped = await mintChanged({drop: ['Role', 'RoleSessionName', 'SessionDuration']})
    expect(count(dropped, 'Attribute')).to.equal(0)
    const attributes = {RoleSessionName: null, SessionDuration: '900', 'urn:x://y': ['1', '2']}
    const changed = await mintChanged({attributes})
    expect(attributeIn(changed, 'RoleSessionName')).to.deep.equal([])
    expect(attributeIn(changed, 'SessionDuration')).to.deep.equal(['900'])
    const own = elementsIn(changed, 'Attribute').find(attribute => attribute.getAttribute('Name') === 'urn:x://y')
    expect([...(own?.childNodes ?? [])].map(({textContent}) => textContent)).to.deep.equal(['1', '2'])
  })

  it('are signed where requested', async () => {
    const parentsOf = (xml: string) =>
      elementsIn(xml, 'Signature').map(
        ({parentNode}) => parentNode && 'localName' in parentNode && parentNode.localName,
      )
    expect(parentsOf(await mint())).to.deep.equal(['Assertion'])
    expect(parentsOf(await mintChanged({signature: 'response-only'}))).to.deep.equal(['Response'])
    expect(parentsOf(await mintChanged({signature: 'none'}))).to.deep.equal([])
    expect(parentsOf(await mint({form: 'assertion', change: {signature: 'response-only'}}))).to.deep.equal([])
  })

  it('carry the certificate of a foreign key that signed them', async () => {
    const [own] = textsIn(await mint(), 'X509Certificate')
    const [foreign] = textsIn(await mintChanged({signature: 'foreign-key'}), 'X509Certificate')
    expect(foreign).to.match(/^MII/).and.not.to.equal(own)
  })

  it('are encrypted, so that nothing in them can be read', async () => {
    for (const form of ['assertion', 'response']) {
      const xml = await mint({form, change: {encrypted: true}})
      expect(count(xml, 'EncryptedAssertion')).to.equal(1)
      expect(count(xml, 'Assertion')).to.equal(0)
      expect(xml).not.to.contain('alice').and.not.to.contain('Role')
    }
  })

  it('end the session at the requested time', async () => {
    const [statement] = elementsIn(await mintChanged({sessionNotOnOrAfterSeconds: 60}), 'AuthnStatement')
    const end = new Date(statement?.getAttribute('SessionNotOnOrAfter') ?? '')
    expect(end.getTime()).to.be.closeTo(Date.now() + 60_000, 5000)
  })

  const texts = (xml: string, name: string) => [...textsIn(xml, name), ...attributeIn(xml, name)]
  for (const name of ['Issuer', 'NameID', 'Audience', 'Role', 'RoleSessionName', 'SessionDuration']) {
    it(`have a comment in ${name}, and the same text otherwise`, async () => {
      const xml = await mintChanged({commentIn: name})
      expect(xml.match(/[^>]<!-- a comment -->[^<]/g)).to.have.length(name === 'Role' ? 2 : 1)
      expect(texts(xml, name))
        .to.deep.equal(texts(await mint(), name))
        .and.not.to.deep.equal([])
    })
  }

  it('begin with a DTD', async () => {
    expect(await mintChanged({doctype: true})).to.match(/^<!DOCTYPE .*<samlp:Response/)
  })

  it('have two assertions, each signed', async () => {
    const xml = await mintChanged({secondAssertion: true})
    const ids = elementsIn(xml, 'Assertion').map(element => element.getAttribute('ID'))
    expect(new Set(ids).size).to.equal(2)
    expect(elementsIn(xml, 'Reference').map(element => element.getAttribute('URI')?.slice(1))).to.deep.equal(ids)
    const bare = await mint({form: 'assertion', change: {secondAssertion: true}})
    expect(bare.match(/<saml:Assertion /g)).to.have.length(2)
  })

  it('are made for users of the sandbox only', async () => {
    expect((await sandbox.control('POST /saml/mint', {user: 'mallory'})).body.error).to.match(/no user called mallory/)
  })

  const mistakes: [string, unknown, RegExp][] = [
    ['PUT /saml', {forms: 'assertion'}, /saml has no member "forms"; it has form, encoding/],
    ['PUT /saml', {form: 'document'}, /saml\.form must be one of assertion, response/],
    ['PUT /saml', {change: {drop: ['Subject']}}, /saml\.change\.drop\[0\] must be one of Role, /],
    ['PUT /saml', {change: {signatur: 'none'}}, /saml\.change has no member "signatur"/],
    ['PUT /saml', {change: {attributes: {Role: 5}}}, /saml\.change\.attributes\.Role must be a string/],
    ['PUT /saml', {subjectTokenTypes: ['jwt']}, /saml\.subjectTokenTypes\[0\] must be one of access_token, id_token/],
    ['PUT /saml', {lifetimeSeconds: 0}, /saml\.lifetimeSeconds must be an integer, at least 1/],
    ['POST /saml/mint', {}, /document\.user is needed/],
    ['POST /saml/mint', {user: 'alice', exchange: 'off'}, /document has no member "exchange"/],
  ]
  for (const [operation, body, message] of mistakes) {
    it(`say what is wrong with ${operation} ${JSON.stringify(body)}`, async () => {
      const answer = await sandbox.control(operation, body)
      expect(answer.status).to.equal(400)
      expect(answer.body.error).to.match(message)
    })
  }
})
