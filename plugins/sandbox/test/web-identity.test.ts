import {expect} from 'chai'
import {signIn} from './support/oidc-client.ts'
import {useSandbox} from './support/running-sandbox.ts'
import {assumeByToken, callSts, expectError, roleArn} from './support/sts-client.ts'

const denied = 'Not authorized to perform sts:AssumeRoleWithWebIdentity'
const nowSeconds = () => Math.floor(Date.now() / 1000)

describe('AssumeRoleWithWebIdentity', () => {
  const sandbox = useSandbox()
  const assume = async (order: Record<string, unknown>, changes = {}) =>
    assumeByToken(sandbox.addresses.sts, await sandbox.mint(order), changes)

  it('gives credentials for the ID token of a sign-in', async () => {
    const {idToken} = await signIn(sandbox.addresses.issuer, 'alice')
    const answer = await assumeByToken(sandbox.addresses.sts, idToken)
    expect(answer.status, answer.xml).to.equal(200)
    expect(answer.element('AccessKeyId')).to.match(/^ASIA[A-Z2-7]{16}$/)
    expect(answer.element('SecretAccessKey')).to.match(/^[\w+/]{40}$/)
    expect(answer.element('SessionToken')).to.have.length.above(500)
    expect(answer.element('Arn')).to.equal('arn:aws:sts::123456789012:assumed-role/developer/alice')
    expect(answer.element('Audience')).to.equal('aws-oidc')
    expect(answer.element('SubjectFromWebIdentityToken')).to.equal('alice')
    const provider = sandbox.addresses.issuer.replace('http://', '')
    expect(answer.element('Provider')).to.equal(`arn:aws:iam::123456789012:oidc-provider/${provider}`)
  })

  it('gives an hour when no duration is requested, in whole seconds', async () => {
    const before = Date.now()
    const expiration = (await assume({})).element('Expiration')
    expect(expiration).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(new Date(expiration).getTime()).to.be.within(before + 3_599_000, Date.now() + 3_600_000)
  })

  for (const alg of ['RS256', 'RS384', 'RS512', 'ES256']) {
    it(`accepts a token signed with ${alg}`, async () => {
      expect((await assume({alg})).status).to.equal(200)
    })
  }

  for (const alg of ['PS256', 'HS256', 'none']) {
    it(`refuses a token signed with ${alg}`, async () => {
      expectError(await assume({alg}), 400, 'InvalidIdentityToken', /algorithm/)
    })
  }

  it('refuses EdDSA even before it looks for the key', async () => {
    expectError(await assume({alg: 'EdDSA', key: 'foreign'}), 400, 'InvalidIdentityToken', /algorithm/)
  })

  it('refuses a token forged with another key under the name of the real one', async () => {
    const jwks = JSON.parse(await (await fetch(`${sandbox.addresses.issuer}/jwks`)).text())
    const {kid} = jwks.keys.find((key: {kty: string}) => key.kty === 'RSA')
    expectError(await assume({key: 'foreign', header: {kid}}), 400, 'InvalidIdentityToken', /signature/)
  })

  it('refuses a token signed with a key that is not in the JWKS', async () => {
    expectError(await assume({key: 'foreign'}), 400, 'InvalidIdentityToken', /signature/)
  })

  it('refuses a token whose claims were changed after signing', async () => {
    const [header, , signature] = (await sandbox.mint()).split('.')
    const [, claims] = (await sandbox.mint({claims: {sub: 'bob'}})).split('.')
    const answer = await assumeByToken(sandbox.addresses.sts, [header, claims, signature].join('.'))
    expectError(answer, 400, 'InvalidIdentityToken', /signature/)
  })

  it('refuses a token that is not a JWT', async () => {
    expectError(
      await assumeByToken(sandbox.addresses.sts, 'not-a-token'),
      400,
      'InvalidIdentityToken',
      /not a valid JWT/,
    )
  })

  it('names an unknown issuer', async () => {
    const message = 'No OpenIDConnect provider found in your account for https://evil.example'
    expectError(await assume({claims: {iss: 'https://evil.example'}}), 400, 'InvalidIdentityToken', message)
  })

  it('says when an expired token expired', async () => {
    const exp = nowSeconds() - 1
    const message = new RegExp(`^Token expired: current date/time \\d+ must be before the expiration date/time ${exp}$`)
    expectError(await assume({claims: {exp}}), 400, 'ExpiredTokenException', message)
  })

  it('refuses a token that is not valid yet', async () => {
    expectError(await assume({claims: {nbf: nowSeconds() + 60}}), 400, 'InvalidIdentityToken', /not valid yet/)
  })

  for (const name of ['iat', 'exp']) {
    it(`refuses ${name} with a fraction`, async () => {
      const claims = {[name]: nowSeconds() + 100.5}
      expectError(await assume({claims}), 400, 'InvalidIdentityToken', new RegExp(`${name}.*integer`))
    })

    it(`refuses a token without ${name}`, async () => {
      expectError(
        await assume({claims: {[name]: null}}),
        400,
        'InvalidIdentityToken',
        `Missing a required claim: ${name}`,
      )
    })
  }

  it('refuses an audience that is not registered', async () => {
    expectError(await assume({claims: {aud: 'unknown'}}), 400, 'InvalidIdentityToken', 'Incorrect token audience')
  })

  it('matches azp instead of aud when a token has both', async () => {
    const good = await assume({claims: {aud: 'unknown', azp: 'aws-oidc'}})
    expect(good.status, good.xml).to.equal(200)
    expect(good.element('Audience')).to.equal('aws-oidc')
    const bad = await assume({claims: {aud: 'aws-oidc', azp: 'unknown'}})
    expectError(bad, 400, 'InvalidIdentityToken', 'Incorrect token audience')
  })

  it('refuses a registered audience that the role does not trust', async () => {
    expectError(await assume({claims: {aud: 'another-client'}}), 403, 'AccessDenied', denied)
    expectError(await assume({}, {RoleArn: roleArn('foreign-audience')}), 403, 'AccessDenied', denied)
    const both = await assume({claims: {aud: 'another-client'}}, {RoleArn: roleArn('foreign-audience')})
    expect(both.status).to.equal(200)
  })

  for (const role of ['nonexistent', 'Developer', 'locked', 'admin']) {
    it(`refuses the role ${role}`, async () => {
      expectError(await assume({}, {RoleArn: roleArn(role)}), 403, 'AccessDenied', denied)
    })
  }

  it('refuses a role of another account', async () => {
    expectError(await assume({}, {RoleArn: 'arn:aws:iam::210987654321:role/developer'}), 403, 'AccessDenied', denied)
  })

  it('refuses an ARN that does not name a role', async () => {
    expectError(
      await assume({}, {RoleArn: 'arn:aws:iam::123456789012:user/x'}),
      400,
      'ValidationError',
      'Request ARN is invalid',
    )
  })

  it('refuses a duration beyond the maximum of the role', async () => {
    const message = 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'
    expectError(await assume({}, {DurationSeconds: '14401'}), 400, 'ValidationError', message)
    expectError(await assume({}, {DurationSeconds: '3601', RoleArn: roleArn('short')}), 400, 'ValidationError', message)
    expect((await assume({}, {DurationSeconds: '14400'})).status).to.equal(200)
  })

  const detected = (what: string) => `1 validation error detected: Value ${what}`
  const limits: [string, Record<string, string>, string][] = [
    [
      'a duration below 15 minutes',
      {DurationSeconds: '899'},
      "'899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ],
    [
      'a duration above 12 hours',
      {DurationSeconds: '43201'},
      "'43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200",
    ],
    [
      'a session name of one character',
      {RoleSessionName: 'a'},
      "'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [
      'a session name of 65 characters',
      {RoleSessionName: 'a'.repeat(65)},
      `'${'a'.repeat(65)}' at 'roleSessionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    ],
    [
      'a session name with a space',
      {RoleSessionName: 'a b'},
      "'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
    [
      'a policy of 2049 characters',
      {Policy: '1'.repeat(2049)},
      `'${'1'.repeat(2049)}' at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048`,
    ],
    [
      'a token of three characters',
      {WebIdentityToken: 'abc'},
      "'***' at 'webIdentityToken' failed to satisfy constraint: Member must have length greater than or equal to 4",
    ],
  ]
  for (const [name, changes, what] of limits) {
    it(`refuses ${name} in the words of AWS`, async () => {
      expectError(await assume({}, changes), 400, 'ValidationError', detected(what))
    })
  }

  it('refuses a token longer than 20,000 characters', async () => {
    const {idToken} = await signIn(sandbox.addresses.issuer, 'erin')
    expect(idToken).to.have.length.above(20_000)
    const what =
      "'***' at 'webIdentityToken' failed to satisfy constraint: Member must have length less than or equal to 20000"
    expectError(await assumeByToken(sandbox.addresses.sts, idToken), 400, 'ValidationError', detected(what))
  })

  it('lists all missing parameters at once', async () => {
    const answer = await callSts(sandbox.addresses.sts, {Action: 'AssumeRoleWithWebIdentity'})
    expectError(
      answer,
      400,
      'ValidationError',
      /^3 validation errors detected: Value null at 'roleArn' .*must not be null; /,
    )
  })

  it('limits session policies', async () => {
    const arns = Object.fromEntries(
      Array.from({length: 11}, (_, index) => [
        `PolicyArns.member.${index + 1}.arn`,
        'arn:aws:iam::aws:policy/ReadOnly',
      ]),
    )
    expectError(await assume({}, arns), 400, 'ValidationError', /at 'policyArns'.*less than or equal to 10/)
    expectError(await assume({}, {Policy: '{'}), 400, 'MalformedPolicyDocument', /./)
    const long = {
      Policy: JSON.stringify('x'.repeat(2000)),
      'PolicyArns.member.1.arn': `arn:aws:iam::aws:policy/${'x'.repeat(40)}`,
    }
    expectError(await assume({}, long), 400, 'PackedPolicyTooLarge', /%/)
    expect((await assume({}, {Policy: '{}'})).element('PackedPolicySize')).to.equal('1')
  })

  it('answers unknown requests in XML', async () => {
    const {sts} = sandbox.addresses
    expectError(await callSts(sts, {Action: 'GetFederationToken'}), 400, 'InvalidAction', /GetFederationToken/)
    expectError(await callSts(sts, {Action: 'AssumeRole', Version: '2012-01-01'}), 400, 'InvalidAction', /2012-01-01/)
    expectError(await callSts(sts, {}), 400, 'MissingAction', /./)
  })
})
