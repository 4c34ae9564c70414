import {expect} from 'chai'
import {signatureOf} from '../src/sts/signature.ts'
import {useSandbox} from './support/running-sandbox.ts'
import type {Keys, SigningChoices} from './support/signer.ts'
import {assumeByToken, callSts, expectError, keysIn, type Parameters, roleArn} from './support/sts-client.ts'

const minuteMs = 60_000

describe('Calls that need a signature', () => {
  const sandbox = useSandbox()
  let keys: Keys

  before(async () => {
    keys = keysIn(await assumeByToken(sandbox.addresses.sts, await sandbox.mint()))
  })

  const call = (parameters: Parameters, choices: SigningChoices & {keys?: Keys} = {}) =>
    callSts(sandbox.addresses.sts, parameters, {keys, ...choices})
  const whoAmI = (choices: SigningChoices & {keys?: Keys} = {}) => call({Action: 'GetCallerIdentity'}, choices)
  const assume = (changes: Parameters = {}) =>
    call({Action: 'AssumeRole', RoleArn: roleArn('admin'), RoleSessionName: 'alice', ...changes})

  it('say who the caller is', async () => {
    const answer = await whoAmI()
    expect(answer.status, answer.xml).to.equal(200)
    expect(answer.element('Arn')).to.equal('arn:aws:sts::123456789012:assumed-role/developer/alice')
    expect(answer.element('Account')).to.equal('123456789012')
    expect(answer.element('UserId')).to.match(/^AROA[A-Z0-9]{17}:alice$/)
  })

  it('say who the caller is at the root path too, where the AWS SDK for Java always sends them', async () => {
    const answer = await callSts(new URL('/', sandbox.addresses.sts).href, {Action: 'GetCallerIdentity'}, {keys})
    expect(answer.element('Arn'), answer.xml).to.equal('arn:aws:sts::123456789012:assumed-role/developer/alice')
  })

  it('are refused without a signature', async () => {
    const answer = await callSts(sandbox.addresses.sts, {Action: 'GetCallerIdentity'})
    expectError(answer, 403, 'MissingAuthenticationToken', 'Request is missing Authentication Token')
  })

  it('are refused with a signature by another secret', async () => {
    const answer = await whoAmI({keys: {...keys, secretAccessKey: 'x'.repeat(40)}})
    expectError(answer, 403, 'SignatureDoesNotMatch', /^The request signature we calculated does not match/)
  })

  it('are refused when the body was changed after signing', async () => {
    const {sts} = sandbox.addresses
    const {signedHeaders} = await import('./support/signer.ts')
    const signed = signedHeaders(sts, 'Action=GetCallerIdentity&Version=2011-06-15', keys)
    const headers = {...signed, 'content-type': 'application/x-www-form-urlencoded'}
    const body = 'Action=GetCallerIdentity&Version=2011-06-15&x=1'
    const response = await fetch(sts, {method: 'POST', headers, body})
    expect(response.status).to.equal(403)
    expect(await response.text()).to.contain('<Code>SignatureDoesNotMatch</Code>')
  })

  it('are refused with an unknown access key', async () => {
    const answer = await whoAmI({keys: {...keys, accessKeyId: 'ASIAAAAAAAAAAAAAAAAA'}})
    expectError(answer, 403, 'InvalidClientTokenId', 'The security token included in the request is invalid.')
  })

  it('are refused with the session token of another session', async () => {
    const other = keysIn(await assumeByToken(sandbox.addresses.sts, await sandbox.mint()))
    const answer = await whoAmI({keys: {...keys, sessionToken: other.sessionToken}})
    expectError(answer, 403, 'InvalidClientTokenId', /./)
  })

  it('are refused when signed more than 15 minutes ago', async () => {
    expect((await whoAmI({at: new Date(Date.now() - 14 * minuteMs)})).status).to.equal(200)
    const answer = await whoAmI({at: new Date(Date.now() - 16 * minuteMs)})
    expectError(answer, 403, 'SignatureDoesNotMatch', /^Signature expired: \d{8}T\d{6}Z is now earlier than /)
  })

  it('are refused when signed more than 15 minutes ahead', async () => {
    const answer = await whoAmI({at: new Date(Date.now() + 16 * minuteMs)})
    expectError(answer, 403, 'SignatureDoesNotMatch', /^Signature not yet current: /)
  })

  it('are refused when signed for another service', async () => {
    expectError(await whoAmI({service: 's3'}), 403, 'SignatureDoesNotMatch', /correct service: 'sts'/)
  })

  it('are refused after the session has ended', async () => {
    await sandbox.control('POST /lifetimes', {roleSessionSeconds: 60})
    const brief = keysIn(await assumeByToken(sandbox.addresses.sts, await sandbox.mint()))
    await sandbox.control('POST /clock', {offsetSeconds: 61})
    const answer = await whoAmI({keys: brief})
    expectError(answer, 403, 'ExpiredToken', 'The security token included in the request is expired')
  })

  it('assume a role that trusts the role of the caller, and no other', async () => {
    const answer = await assume({SourceIdentity: 'alice'})
    expect(answer.status, answer.xml).to.equal(200)
    expect(answer.element('Arn')).to.equal('arn:aws:sts::123456789012:assumed-role/admin/alice')
    expect(answer.element('SourceIdentity')).to.equal('alice')
    const target = `resource: ${roleArn('locked')}`
    const message = `User: arn:aws:sts::123456789012:assumed-role/developer/alice is not authorized to perform: sts:AssumeRole on ${target}`
    expectError(await assume({RoleArn: roleArn('locked')}), 403, 'AccessDenied', message)
    const chained = await callSts(
      sandbox.addresses.sts,
      {Action: 'AssumeRole', RoleArn: roleArn('admin'), RoleSessionName: 'alice'},
      {keys: keysIn(answer)},
    )
    expectError(chained, 403, 'AccessDenied', /assumed-role\/admin\/alice is not authorized/)
  })

  it('limit a chained session to an hour', async () => {
    const message = 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.'
    expectError(await assume({DurationSeconds: '3601'}), 400, 'ValidationError', message)
    expect((await assume({DurationSeconds: '3600'})).status).to.equal(200)
  })

  it('limit the parameters of AssumeRole', async () => {
    const limit = /1 validation error detected: Value .* at '\w+(\.\d+\.member\.\w+)?' failed to satisfy constraint/
    expectError(await assume({ExternalId: 'x'}), 400, 'ValidationError', limit)
    expectError(await assume({SourceIdentity: 'a b'}), 400, 'ValidationError', limit)
    expectError(
      await assume({'Tags.member.1.Key': 'k'.repeat(129), 'Tags.member.1.Value': 'v'}),
      400,
      'ValidationError',
      limit,
    )
    const tags = Array.from({length: 51}, (_, index) => [
      [`Tags.member.${index + 1}.Key`, `k${index}`],
      [`Tags.member.${index + 1}.Value`, 'v'],
    ])
    expectError(await assume(Object.fromEntries(tags.flat())), 400, 'ValidationError', /at 'tags'.*equal to 50/)
  })
})

describe('Signature Version 4', () => {
  it('agrees with the example "get-vanilla" of the AWS test suite', () => {
    const headers = {host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z'}
    const signature = signatureOf(
      {method: 'GET', target: '/', headers, body: Buffer.from('')},
      {
        scope: {date: '20150830', region: 'us-east-1', service: 'service'},
        timestamp: '20150830T123600Z',
        signedHeaders: ['host', 'x-amz-date'],
      },
      'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    )
    expect(signature).to.equal('5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31')
  })
})
