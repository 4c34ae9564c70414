import {expect} from 'chai'
import {useSandbox} from './support/running-sandbox.ts'
import {assumeBySaml, documentOf, mintSaml, xmlIn} from './support/saml.ts'
import {expectError, roleArn} from './support/sts-client.ts'

const assertionPattern = /<saml:Assertion.*<\/saml:Assertion>/s
const signaturePattern = /<dsig:Signature .*<\/dsig:Signature>/s

describe('The signature of a SAML response', () => {
  const sandbox = useSandbox()
  const assume = (xml: string, changes = {}) => assumeBySaml(sandbox.addresses.sts, documentOf(xml), changes)
  const mint = async (order: Record<string, unknown> = {}) => xmlIn(await mintSaml(sandbox, order))
  const expectInvalid = async (xml: string, changes = {}) =>
    expectError(await assume(xml, changes), 400, 'InvalidIdentityToken', 'Response signature invalid')

  for (const signature of ['none', 'broken', 'foreign-key']) {
    for (const c14n of ['exclusive', 'inclusive']) {
      it(`is refused when it is ${signature}, with ${c14n} C14N`, async () => {
        await expectInvalid(await mint({c14n, change: {signature}}))
      })
    }
  }

  for (const [what, from, to] of [
    ['a role', 'role/readonly', 'role/admin'],
    ['the subject', '>alice</saml:NameID>', '>bob</saml:NameID>'],
    ['the time', /IssueInstant="20/g, 'IssueInstant="21'],
  ] as const) {
    it(`is refused when ${what} was changed after signing`, async () => {
      const xml = await mint()
      const changed = xml.replace(from, to)
      expect(changed).not.to.equal(xml)
      await expectInvalid(changed)
    })

    it(`of the response is refused when ${what} was changed after signing`, async () => {
      const xml = await mint({change: {signature: 'response-only'}})
      await expectInvalid(xml.replace(from, to))
    })
  }

  it('stays valid when something beside the assertion that it covers was changed', async () => {
    const xml = await mint()
    const changed = xml.replace(/Destination="[^"]*" ID="[^"]*"/, '')
    expect(changed).not.to.equal(xml)
    expect((await assume(changed)).status).to.equal(200)
  })

  it('holds when the assertion alone is pasted into a response without prefixes, for both kinds of C14N', async () => {
    for (const c14n of ['exclusive', 'inclusive']) {
      const bare = await mint({c14n, form: 'assertion'})
      const answer = await assume(wrap(bare, 'xmlns="urn:oasis:names:tc:SAML:2.0:protocol"', ''))
      expect(answer.status, answer.xml).to.equal(200)
    }
  })

  it('breaks with inclusive C14N when the response declares a prefix, and holds with exclusive C14N', async () => {
    const declaration = 'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"'
    expect((await assume(wrap(await mint({form: 'assertion'}), declaration, 'samlp:'))).status).to.equal(200)
    await expectInvalid(wrap(await mint({form: 'assertion', c14n: 'inclusive'}), declaration, 'samlp:'))
  })

  it('breaks when the assertion is pretty-printed', async () => {
    await expectInvalid((await mint()).replaceAll('<saml:Subject>', '\n<saml:Subject>'))
  })

  // An attacker has a good response and wants another assertion to be read in the place of the signed one.
  const forge = (assertion: string) =>
    assertion
      .replace('role/readonly', 'role/admin')
      .replace(/ ID="[^"]*"/, ' ID="forged"')
      .replace(signaturePattern, '')
  const wrappings: [string, (xml: string, signed: string, forged: string) => string][] = [
    ['before the signed one', (xml, signed, forged) => xml.replace(signed, forged + signed)],
    ['after the signed one', (xml, signed, forged) => xml.replace(signed, signed + forged)],
    [
      'around the signed one',
      (xml, signed, forged) => xml.replace(signed, forged.replace('</saml:Subject>', `${signed}</saml:Subject>`)),
    ],
    [
      'with the signed one in an extension before it',
      (xml, signed, forged) => xml.replace(signed, `<samlp:Extensions>${signed}</samlp:Extensions>${forged}`),
    ],
    [
      'with the signed one inside of the signature',
      (xml, signed, forged) => xml.replace(signed, signedInside(signed, forged)),
    ],
  ]
  for (const [where, wrapped] of wrappings) {
    it(`does not vouch for a forged assertion ${where}`, async () => {
      const xml = await mint()
      const [signed = ''] = assertionPattern.exec(xml) ?? []
      const document = wrapped(xml, signed, forge(signed))
      expect(document).to.contain('role/admin')
      const answer = await assume(document, {RoleArn: roleArn('admin')})
      expectError(answer, 400, 'InvalidIdentityToken', /exactly one Assertion|Response signature invalid/)
    })
  }

  it('does not vouch for an assertion that is not a child of the response', async () => {
    const xml = (await mint()).replace(assertionPattern, '<samlp:Extensions>$&</samlp:Extensions>')
    expectError(await assume(xml), 400, 'InvalidIdentityToken', /exactly one Assertion/)
  })

  it('does not vouch for an assertion that has borrowed the ID of the signed one', async () => {
    const xml = await mint()
    const [signed = ''] = assertionPattern.exec(xml) ?? []
    const hidden = signed.replace('<saml:Assertion', '<saml:Advice').replace('</saml:Assertion>', '</saml:Advice>')
    const forged = signed.replace('role/readonly', 'role/admin').replace('<saml:Subject>', `${hidden}<saml:Subject>`)
    await expectInvalid(xml.replace(signed, forged), {RoleArn: roleArn('admin')})
  })

  it('counts only as a child of what it signs', async () => {
    const xml = await mint()
    const [signature = ''] = signaturePattern.exec(xml) ?? []
    const moved = xml.replace(signature, '').replace('<samlp:Status>', `${signature}<samlp:Status>`)
    await expectInvalid(moved)
    const deep = xml.replace(signature, '').replace('<saml:Subject>', `<saml:Subject>${signature}`)
    await expectInvalid(deep)
  })

  it('counts only once', async () => {
    const xml = await mint()
    const [signature = ''] = signaturePattern.exec(xml) ?? []
    await expectInvalid(xml.replace(signature, signature + signature))
  })

  it('must be valid on the response even when the signature on the assertion is', async () => {
    const xml = await mint()
    const other = await mint({change: {signature: 'response-only'}})
    const [foreign = ''] = signaturePattern.exec(other) ?? []
    await expectInvalid(xml.replace('<samlp:Status>', `${foreign}<samlp:Status>`))
  })

  function signedInside(signed: string, forged: string): string {
    const [signature = ''] = signaturePattern.exec(signed) ?? []
    const object = `<dsig:Object>${signed.replace(signature, '')}</dsig:Object></dsig:Signature>`
    return forged.replace('</saml:Issuer>', `</saml:Issuer>${signature.replace('</dsig:Signature>', object)}`)
  }

  function wrap(assertion: string, declaration: string, prefix: string): string {
    const issuer = /<saml:Issuer>([^<]*)/.exec(assertion)?.[1]
    const status = `<${prefix}Status><${prefix}StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></${prefix}Status>`
    const issuerXml = `<Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">${issuer}</Issuer>`
    return `<${prefix}Response ${declaration} ID="_1" Version="2.0">${issuerXml}${status}${assertion}</${prefix}Response>`
  }
})
