import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '-p', 'developer']

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html, "Errors"
const refusals = [
  ['ExpiredTokenException', 'Token expired', /too old|clock/],
  ['InvalidIdentityToken', 'Incorrect token audience', /OIDC provider/],
  ['IDPRejectedClaim', 'The claim was rejected', /no longer valid/],
  ['MalformedPolicyDocument', 'Syntax errors in policy', /session policy is not valid/],
  ['PackedPolicyTooLarge', 'Packed size is 120%', /too large/],
  ['RegionDisabledException', 'STS is not activated in this region', /not active in that region/],
  ['AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', /trust policy/],
  ['ValidationError', '1 validation error detected', /outside the limits of AWS/],
] as const

describe('a refusal of AWS', () => {
  const scene = useScene()

  for (const [error, message, meaning] of refusals) {
    it(`${error}: says what AWS said, what it usually means, and what to do; exit 5`, async () => {
      const {home, sandbox} = scene
      await sandbox.fault({on: 'sts', error, message})
      const {exitCode, stdout, stderr} = await home.run(creds)
      expect({exitCode, stdout}).to.deep.equal({exitCode: 5, stdout: ''})
      expect(stderr)
        .to.include(message)
        .and.include(error.replace(/Exception$/, ''))
        .and.match(meaning)
      expect(stderr).to.match(/\nTry: \S.*\n$/)
    })
  }

  it('to switch to another role says what to compare, which is not the ID token', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({on: 'sts', action: 'AssumeRole', error: 'AccessDenied', message: 'not authorized'})
    const {exitCode, stdout, stderr} = await home.run(['creds', '-p', 'admin'])
    expect({exitCode, stdout}).to.deep.equal({exitCode: 5, stdout: ''})
    expect(stderr)
      .to.match(/AccessDenied: not authorized\. .* sts:AssumeRole on it .*\nTry: .*"source" of the profile/)
      .and.not.include('ID token')
  })

  it('that this version does not know is reported in the words of AWS', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({on: 'sts', error: 'SomethingNew', message: 'Never seen before'})
    const {exitCode, stderr} = await home.run(creds)
    expect(exitCode).to.equal(5)
    expect(stderr)
      .to.include('SomethingNew: Never seen before')
      .and.match(/\nTry: \S.*\n$/)
  })

  it('because the token has expired leads to one new token, without a sign-in', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({on: 'sts', error: 'ExpiredTokenException', times: 1})
    const {exitCode, stderr} = await home.run(creds)
    expect(exitCode, stderr).to.equal(0)
    expect(await sandbox.signIns()).to.equal(1)
  })

  it('because the token of a new sign-in has expired does not ask the user a second time', async () => {
    const {home, sandbox} = scene
    await home.run(creds)
    await sandbox.steer('DELETE', '/journal')
    await sandbox.fault({on: 'sts', error: 'ExpiredTokenException', times: 1})
    const {exitCode, stderr} = await home.run(['login', '--force', '--profile', 'developer'])
    expect(exitCode, stderr).to.equal(0)
    expect(await sandbox.signIns()).to.equal(1)
  })

  it('never shows control characters in its text', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({on: 'sts', error: 'AccessDenied', message: 'red \u009b31m and\ttab'})
    const {stderr} = await home.run(creds)
    expect(stderr)
      .to.include('red')
      .and.not.match(/[\u009b\t]/)
  })
})

const noKeys =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"

describe('an STS', () => {
  const scene = useScene()
  beforeEach(() =>
    scene.home.configure({
      profiles: {readonly: {provider: 'sandbox', role: 'arn:aws:iam::123456789012:role/readonly'}},
    }),
  )

  const troubles = [
    ['answers 503', {error: 'ServiceUnavailable'}],
    ['answers 500', {error: 'InternalFailure'}],
    ['answers 502 in the words of a proxy', {status: 502, body: '<html>Bad gateway</html>', contentType: 'text/html'}],
    ['throttles', {error: 'Throttling', message: 'Rate exceeded'}],
    ['throttles with 429', {error: 'TooManyRequestsException', message: 'Rate exceeded'}],
    ['could not reach the provider', {error: 'IDPCommunicationError'}],
    ['could not fetch the keys of the provider', {error: 'InvalidIdentityToken', message: noKeys}],
    ['cuts the connection', {cut: true}],
  ] as const

  for (const [words, fault] of troubles) {
    it(`that ${words} is asked again, and the call works`, async () => {
      const {home, sandbox} = scene
      await sandbox.fault({on: 'sts', ...fault, times: 1})
      const {exitCode, stderr} = await home.run(creds)
      expect(exitCode, stderr).to.equal(0)
    })

    it(`that ${words} every time is exit 6, after three attempts`, async () => {
      const {home, sandbox} = scene
      await sandbox.fault({on: 'sts', ...fault})
      const {exitCode, stdout, stderr} = await home.run(creds)
      expect({exitCode, stdout}).to.deep.equal({exitCode: 6, stdout: ''})
      expect(stderr).to.match(/\nTry: \S.*\n$/)
      expect((await sandbox.journal()).filter(({kind}) => kind === 'sts')).to.have.length(3)
    })
  }

  it('that lacks the keys of the provider is reported as a passing failure, and programs may ask again', async () => {
    const {home, sandbox} = scene
    const unattended = {AWS_OIDC_INTERACTIVE: undefined}
    expect(await home.run(['login', '-p', 'readonly'])).to.include({exitCode: 0})
    await sandbox.fault({on: 'sts', error: 'InvalidIdentityToken', message: noKeys, times: 3})
    const {exitCode, stderr} = await home.run(creds, unattended)
    expect(exitCode).to.equal(6)
    expect(stderr).to.match(/could not fetch the keys of the identity provider\. This usually passes\./)
    expect(await home.run(creds, unattended)).to.include({exitCode: 0})
  })

  it('that gives an answer which is not from STS is exit 6', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({
      on: 'sts',
      status: 200,
      body: '<html>Welcome to the hotel network</html>',
      contentType: 'text/html',
    })
    const {exitCode, stderr} = await home.run(creds)
    expect(exitCode).to.equal(6)
    expect(stderr).to.match(/\nTry: \S.*\n$/)
  })
})
