import {createHash} from 'node:crypto'
import {expect} from 'chai'
import {useSandbox} from './support/running-sandbox.ts'
import {assumeBySaml, documentOf, mintSaml, providerArn, signIn, xmlIn} from './support/saml.ts'
import {callSts, expectError, keysIn, roleArn} from './support/sts-client.ts'

const denied = 'Not authorized to perform sts:AssumeRoleWithSAML'
const unconfirmed = 'Responses must contain SubjectConfirmatonData with a Recipient and NotOnOrAfter'

describe('AssumeRoleWithSAML', () => {
  const sandbox = useSandbox()
  const sts = () => sandbox.addresses.sts
  const assume = async (order: Record<string, unknown> = {}, parameters = {}) =>
    assumeBySaml(sts(), await mintSaml(sandbox, order), parameters)

  it('gives credentials for a response, and says whose they are', async () => {
    const answer = await assume()
    expect(answer.status, answer.xml).to.equal(200)
    expect(answer.element('AccessKeyId')).to.match(/^ASIA[A-Z2-7]{16}$/)
    expect(answer.element('Arn')).to.equal('arn:aws:sts::123456789012:assumed-role/developer/alice')
    expect(answer.element('AssumedRoleId')).to.match(/^AROA[A-Z0-9]{17}:alice$/)
    expect(answer.element('Subject')).to.equal('alice')
    expect(answer.element('SubjectType')).to.equal('urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified')
    expect(answer.element('Audience')).to.equal(signIn)
    const issuer = sts().replace(/sts$/, 'saml')
    expect(answer.element('Issuer')).to.equal(issuer)
    const qualifier = createHash('sha1').update(`${issuer}123456789012/sandbox`).digest('base64')
    expect(answer.element('NameQualifier')).to.equal(qualifier)
    expect(answer.xml).not.to.contain('PackedPolicySize')
  })

  it('gives credentials that identify the caller and can assume another role', async () => {
    const keys = keysIn(await assume())
    const who = await callSts(sts(), {Action: 'GetCallerIdentity'}, {keys})
    expect(who.element('Arn'), who.xml).to.equal('arn:aws:sts::123456789012:assumed-role/developer/alice')
    const next = {Action: 'AssumeRole', RoleArn: roleArn('admin'), RoleSessionName: 'alice'}
    expect((await callSts(sts(), next, {keys})).status).to.equal(200)
  })

  for (const order of [
    {c14n: 'inclusive'},
    {pairOrder: 'provider-first'},
    {change: {signature: 'response-only'}},
    {c14n: 'inclusive', change: {signature: 'response-only'}},
    {change: {audience: signIn}},
    {user: 'dave', change: {extraRoles: [`${roleArn('developer')},${providerArn}`]}},
    {change: {issueInstantSecondsAgo: 299}},
  ]) {
    it(`takes a response made by ${JSON.stringify(order)}`, async () => {
      expect((await assume(order)).xml).to.contain('<AccessKeyId>')
    })
  }

  it('takes one response for several roles', async () => {
    const document = await mintSaml(sandbox)
    for (const role of ['developer', 'readonly']) {
      const answer = await assumeBySaml(sts(), document, {RoleArn: roleArn(role)})
      expect(answer.element('Arn')).to.equal(`arn:aws:sts::123456789012:assumed-role/${role}/alice`)
    }
  })

  it('leaves the usual prefix out of the type of a NameID, and no other', async () => {
    const nameIdFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
    expect((await assume({change: {nameIdFormat}})).element('SubjectType')).to.equal('persistent')
    expect((await assume({change: {nameIdFormat: 'urn:x'}})).element('SubjectType')).to.equal('urn:x')
  })

  it('reads the whole of a value that has a comment in it', async () => {
    const answer = await assume({change: {commentIn: 'RoleSessionName', attributes: {RoleSessionName: 'alice.evil'}}})
    expect(answer.element('Arn')).to.equal('arn:aws:sts::123456789012:assumed-role/developer/alice.evil')
    expect((await assume({change: {commentIn: 'NameID'}})).element('Subject')).to.equal('alice')
  })

  const wrongDocuments: [string, number, string, string | RegExp, Record<string, unknown>][] = [
    [
      'older than five minutes',
      400,
      'ExpiredTokenException',
      'Token must be redeemed within 5 minutes of issuance',
      {change: {issueInstantSecondsAgo: 302}},
    ],
    [
      'for another audience',
      400,
      'InvalidIdentityToken',
      'Response does not contain the required audience',
      {change: {audience: 'urn:example'}},
    ],
    [
      'for no audience',
      400,
      'InvalidIdentityToken',
      'Response does not contain the required audience',
      {change: {drop: ['AudienceRestriction']}},
    ],
    [
      'without conditions',
      400,
      'InvalidIdentityToken',
      'Response does not contain the required audience',
      {change: {drop: ['Conditions']}},
    ],
    [
      'for another recipient',
      400,
      'InvalidIdentityToken',
      /Recipient/,
      {change: {recipient: 'https://signin.aws.amazon.com.example/saml'}},
    ],
    ['without a recipient', 400, 'InvalidIdentityToken', unconfirmed, {change: {drop: ['Recipient']}}],
    ['whose confirmation never ends', 400, 'InvalidIdentityToken', unconfirmed, {change: {drop: ['NotOnOrAfter']}}],
    [
      'without a confirmation',
      400,
      'InvalidIdentityToken',
      /exactly one bearer/,
      {change: {drop: ['SubjectConfirmation']}},
    ],
    [
      'of a session that has ended',
      400,
      'ExpiredTokenException',
      'Response has expired',
      {change: {sessionNotOnOrAfterSeconds: -1}},
    ],
    ['without a NameID', 403, 'AccessDenied', denied, {change: {drop: ['NameID']}}],
    [
      'without a name for the session',
      400,
      'InvalidIdentityToken',
      'RoleSessionName is required in AuthnResponse',
      {change: {drop: ['RoleSessionName']}},
    ],
    [
      'with an impossible name for the session',
      400,
      'InvalidIdentityToken',
      'RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}',
      {change: {attributes: {RoleSessionName: 'a b'}}},
    ],
    [
      'with a name for the session of 65 characters',
      400,
      'InvalidIdentityToken',
      /must match/,
      {change: {attributes: {RoleSessionName: 'a'.repeat(65)}}},
    ],
    [
      'with a session of ten minutes',
      400,
      'InvalidIdentityToken',
      /SessionDuration/,
      {change: {attributes: {SessionDuration: '600'}}},
    ],
    ['without roles', 403, 'AccessDenied', denied, {user: 'carol'}],
    ['that names other roles', 403, 'AccessDenied', denied, {user: 'dave'}],
    [
      'that names the role with another provider',
      403,
      'AccessDenied',
      denied,
      {user: 'dave', change: {extraRoles: [`${roleArn('developer')},${providerArn}-2`]}},
    ],
    [
      'that names the role and more after it',
      403,
      'AccessDenied',
      denied,
      {user: 'dave', change: {extraRoles: [`${roleArn('developer')},${providerArn},x`]}},
    ],
    [
      'with session tags, which no role allows',
      403,
      'AccessDenied',
      denied,
      {change: {attributes: {'PrincipalTag:Team': 'red'}}},
    ],
    [
      'with a source identity, which no role allows',
      403,
      'AccessDenied',
      denied,
      {change: {attributes: {SourceIdentity: 'alice'}}},
    ],
    ['that is encrypted', 400, 'InvalidIdentityToken', /encrypted/, {change: {encrypted: true}}],
    ['with two assertions', 400, 'InvalidIdentityToken', /exactly one Assertion/, {change: {secondAssertion: true}}],
    ['with a DTD', 400, 'InvalidIdentityToken', /well-formed/, {change: {doctype: true}}],
    ['that is a bare assertion', 400, 'InvalidIdentityToken', /not a Response/, {form: 'assertion'}],
  ]
  for (const [what, status, code, message, order] of wrongDocuments) {
    it(`refuses a response ${what}`, async () => {
      expectError(await assume(order), status, code, message)
    })
  }

  it('refuses a response after the minute for which it was valid', async () => {
    const document = await mintSaml(sandbox)
    await sandbox.control('POST /clock', {offsetSeconds: 57})
    expect((await assumeBySaml(sts(), document)).status).to.equal(200)
    await sandbox.control('POST /clock', {offsetSeconds: 59})
    expectError(await assumeBySaml(sts(), document), 400, 'ExpiredTokenException', 'Response has expired')
  })

  it('refuses a response whose confirmation has ended, and one from the future', async () => {
    const document = await mintSaml(sandbox, {lifetimeSeconds: 3600, change: {issueInstantSecondsAgo: -3600}})
    await sandbox.control('POST /clock', {offsetSeconds: 299})
    expectError(await assumeBySaml(sts(), document), 400, 'ExpiredTokenException', 'Response has expired')
    await sandbox.control('POST /clock', {offsetSeconds: -10})
    expectError(await assumeBySaml(sts(), document), 400, 'InvalidIdentityToken', /not valid yet/)
  })

  it('refuses base64 in any form but the standard one', async () => {
    const document = await mintWithPadding()
    expect((await assumeBySaml(sts(), document)).status).to.equal(200)
    const url = document.replaceAll('+', '-').replaceAll('/', '_')
    for (const odd of [url, document.replace(/=+$/, ''), document.replace(/.{76}/g, '$&\n'), `${document}=`]) {
      expect(odd).not.to.equal(document)
      expectError(await assumeBySaml(sts(), odd), 400, 'InvalidIdentityToken', 'Invalid base64 SAMLResponse')
    }
  })

  async function mintWithPadding(name = 'x'): Promise<string> {
    const document = await mintSaml(sandbox, {change: {attributes: {Length: name}}})
    return document.endsWith('=') ? document : mintWithPadding(`${name}x`)
  }

  const garbage: [string, string | Buffer, RegExp][] = [
    ['what is no XML', 'hello', /well-formed/],
    ['half a document', '<a><b></a>', /well-formed/],
    ['an entity of its own', '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', /well-formed/],
    [
      'text beside the response',
      '<Response xmlns="urn:oasis:names:tc:SAML:2.0:protocol" Version="2.0"/>x',
      /well-formed/,
    ],
    ['what is not UTF-8', Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]), /UTF-8/],
    [
      'a response of SAML 1.1',
      '<Response xmlns="urn:oasis:names:tc:SAML:1.0:protocol"/>',
      /not a Response of SAML 2.0/,
    ],
    [
      'a response of another version',
      '<Response xmlns="urn:oasis:names:tc:SAML:2.0:protocol" Version="1.1"/>',
      /not a Response of SAML 2.0/,
    ],
    [
      'a response without a status',
      '<Response xmlns="urn:oasis:names:tc:SAML:2.0:protocol" Version="2.0"/>',
      /no Status/,
    ],
  ]
  for (const [what, content, message] of garbage) {
    it(`refuses ${what}`, async () => {
      const document = Buffer.from(content).toString('base64')
      expectError(await assumeBySaml(sts(), document), 400, 'InvalidIdentityToken', message)
    })
  }

  it('says that the provider refused when the response says so', async () => {
    const xml = xmlIn(await mintSaml(sandbox)).replace('status:Success', 'status:Responder')
    expectError(await assumeBySaml(sts(), documentOf(xml)), 403, 'IDPRejectedClaim', /status:Responder/)
  })

  it('refuses a response or an assertion of another issuer, and an assertion without an issuer', async () => {
    const message = 'Issuer not present in specified provider'
    expectError(await assume({change: {issuer: 'https://evil.example'}}), 400, 'InvalidIdentityToken', message)
    expectError(await assume({change: {drop: ['Issuer']}}), 400, 'InvalidIdentityToken', message)
    const xml = xmlIn(await mintSaml(sandbox)).replace(/\/saml(?=<\/saml:Issuer><samlp:Status>)/, '/other')
    expectError(await assumeBySaml(sts(), documentOf(xml)), 400, 'InvalidIdentityToken', message)
  })

  it('refuses a provider that does not exist', async () => {
    for (const PrincipalArn of [`${providerArn}-2`, providerArn.replace('123456789012', '210987654321')]) {
      expectError(await assume({}, {PrincipalArn}), 400, 'InvalidIdentityToken', "Specified provider doesn't exist")
    }
  })

  for (const role of ['nonexistent', 'Developer', 'locked', 'admin', 'foreign-audience']) {
    it(`refuses the role ${role}, although the response names it`, async () => {
      const change = {extraRoles: [`${roleArn(role)},${providerArn}`]}
      expectError(await assume({change}, {RoleArn: roleArn(role)}), 403, 'AccessDenied', denied)
    })
  }

  it('gives a role that was made to trust the provider', async () => {
    await sandbox.control('PUT /roles/by-region', {samlAudiences: ['https://eu-west-1.signin.aws.amazon.com/saml']})
    const RoleArn = roleArn('by-region')
    const extraRoles = [`${RoleArn},${providerArn}`]
    expectError(await assume({change: {extraRoles}}, {RoleArn}), 403, 'AccessDenied', denied)
    const change = {extraRoles, recipient: 'https://eu-west-1.signin.aws.amazon.com/saml'}
    const answer = await assume({change}, {RoleArn})
    expect(answer.element('Audience'), answer.xml).to.equal('https://eu-west-1.signin.aws.amazon.com/saml')
    expectError(await assume({change}), 403, 'AccessDenied', denied)
  })

  const lengthOf = (expiration: string) => Math.round((new Date(expiration).getTime() - Date.now()) / 1000)

  it('gives an hour when no duration is requested, and what is requested up to the maximum of the role', async () => {
    expect(lengthOf((await assume()).element('Expiration'))).to.be.closeTo(3600, 5)
    expect(lengthOf((await assume({}, {DurationSeconds: '14400'})).element('Expiration'))).to.be.closeTo(14_400, 5)
    const message = 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'
    expectError(await assume({}, {DurationSeconds: '14401'}), 400, 'ValidationError', message)
    const short = {change: {attributes: {SessionDuration: '900'}}}
    expectError(await assume(short, {DurationSeconds: '14401'}), 400, 'ValidationError', message)
  })

  it('lets the response shorten the session', async () => {
    const byDuration = await assume({change: {attributes: {SessionDuration: '1800'}}})
    expect(lengthOf(byDuration.element('Expiration'))).to.be.closeTo(1800, 5)
    const bySession = await assume({change: {sessionNotOnOrAfterSeconds: 1000}})
    expect(lengthOf(bySession.element('Expiration'))).to.be.closeTo(1000, 5)
    const withoutEither = await assume({change: {drop: ['AuthnStatement', 'SessionDuration']}})
    expect(lengthOf(withoutEither.element('Expiration'))).to.be.closeTo(3600, 5)
  })

  const limits: [string, Record<string, string>, RegExp][] = [
    [
      'a document of three characters',
      {SAMLAssertion: 'abc'},
      /'\*\*\*' at 'sAMLAssertion'.*greater than or equal to 4$/,
    ],
    [
      'a document of 100,001 characters',
      {SAMLAssertion: 'a'.repeat(100_001)},
      /'\*\*\*' at 'sAMLAssertion'.*less than or equal to 100000$/,
    ],
    ['a short ARN of a provider', {PrincipalArn: 'arn'}, /at 'principalArn'.*greater than or equal to 20$/],
    ['a duration below 15 minutes', {DurationSeconds: '899'}, /at 'durationSeconds'.*greater than or equal to 900$/],
    ['a policy of 2049 characters', {Policy: '1'.repeat(2049)}, /at 'policy'.*less than or equal to 2048$/],
    ['an ARN that names no role', {RoleArn: 'arn:aws:iam::123456789012:user/x'}, /^Request ARN is invalid$/],
  ]
  for (const [what, changes, message] of limits) {
    it(`refuses ${what}`, async () => {
      expectError(await assume({}, changes), 400, 'ValidationError', message)
    })
  }

  it('lists all missing parameters at once', async () => {
    const answer = await callSts(sts(), {Action: 'AssumeRoleWithSAML'})
    expectError(answer, 400, 'ValidationError', /^3 validation errors detected: Value null at 'roleArn'/)
  })

  it('reports the packed size of a session policy, and refuses a malformed one', async () => {
    expect((await assume({}, {Policy: '{}'})).element('PackedPolicySize')).to.equal('1')
    expectError(await assume({}, {Policy: '{'}), 400, 'MalformedPolicyDocument', /./)
  })

  it('is recorded in the journal without the document', async () => {
    const document = await mintSaml(sandbox)
    await assumeBySaml(sts(), document, {DurationSeconds: '900'})
    const entries = await sandbox.journal()
    const [{at, ...entry} = {at: undefined}] = entries
    expect(at).to.be.a('string')
    const expected = {kind: 'sts', action: 'AssumeRoleWithSAML', role: 'developer', durationSeconds: 900, outcome: 'ok'}
    expect(entry).to.deep.equal(expected)
    expect(JSON.stringify(entries)).not.to.contain(document)
  })
})
