import {expect} from 'chai'
import {stsEndpoint} from '../../src/aws/endpoint.ts'
import {assumeRoleWithWebIdentity} from '../../src/aws/sts.ts'
import {NetworkFailure} from '../../src/outside/network/network-failure.ts'

const role = {accountId: '123456789012', name: 'developer', arn: 'arn:aws:iam::123456789012:role/developer'}
const request = {role, durationSeconds: 3600, sessionName: 'alice'}
const expiration = '2026-11-25T20:00:00Z'
const arn = '<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/developer/alice</Arn></AssumedRoleUser>'
const members = `<AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>a/b+c</SecretAccessKey><SessionToken>t&#61;&amp;</SessionToken>`
const credentials = credentialsUntil(expiration)

describe('an answer of AWS STS', () => {
  it('is read with escapes resolved and other elements ignored', async () => {
    const {result, sent} = await ask(200, answer(`${credentials}${arn}<PackedPolicySize>6</PackedPolicySize>`))
    expect(result).to.deep.equal({
      accessKeyId: 'ASIA1',
      secretAccessKey: 'a/b+c',
      sessionToken: 't=&',
      expiration: new Date(expiration),
    })
    expect(Object.fromEntries(sent[0] ?? [])).to.deep.equal({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: role.arn,
      DurationSeconds: '3600',
      RoleSessionName: 'alice',
      WebIdentityToken: 'the-token',
    })
  })

  const unusable: Readonly<Record<string, string>> = {
    'has no credentials': answer(arn),
    'lacks a part of the credentials': answer(
      credentials.replace('<SecretAccessKey>a/b+c</SecretAccessKey>', '') + arn,
    ),
    'has credentials twice': answer(credentials + credentials + arn),
    'has a part of the credentials twice': answer(
      credentials.replace('<AccessKeyId>', '<AccessKeyId>ASIA0</AccessKeyId><AccessKeyId>') + arn,
    ),
    'has no expiry': answer(credentialsUntil('') + arn),
    'has an expiry without a time zone': answer(credentialsUntil('2026-11-25T20:00:00') + arn),
    'has an expiry that is not a time': answer(credentialsUntil('2026-13-45T20:00:00Z') + arn),
    'names no role': answer(credentials),
    'names another role': answer(credentials + arn.replace('developer', 'admin')),
  }
  for (const [what, text] of Object.entries(unusable)) {
    it(`that ${what} can't be used`, async () => {
      const {failure} = await ask(200, text)
      expect(failure).to.have.property('code', 'BAD_RESPONSE')
      expect(failure).to.have.property('message').that.includes("can't be used")
      expect(failure).to.have.property('message').that.does.not.include('a/b+c')
    })
  }

  const foreign: readonly (readonly [string, number, string])[] = [
    ['is cut off', 200, answer(credentials + arn).slice(0, -20)],
    ['is empty', 200, ''],
    ['is to another request', 200, answer(credentials + arn).replaceAll('WithWebIdentity', '')],
    ['has a document type declaration', 200, `<!DOCTYPE x [<!ENTITY e "x">]>${answer(credentials + arn)}`],
    ['is JSON', 200, '{"AssumeRoleWithWebIdentityResponse": {}}'],
    ['is the page of a proxy that forbids it', 403, '<html><body>Forbidden</body></html>'],
    ['is the page of a proxy that wants a password', 407, 'Sorry'],
    ['is a redirect', 302, ''],
    ['is nowhere', 404, ''],
  ]
  for (const [what, status, text] of foreign) {
    it(`that ${what} is not one of AWS: neither a refusal nor requested again`, async () => {
      const {failure, sent} = await ask(status, text)
      expect(failure).to.have.property('code', 'BAD_RESPONSE')
      expect(failure).to.have.property('message').that.includes('is not an AWS STS response')
      expect(sent).to.have.length(1)
    })
  }

  const error = '<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Not you.</Message></Error>'
  for (const [what, text] of [
    ['AWS', `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${error}</ErrorResponse>`],
    ['one that wraps it twice', `<Response><Errors>${error}</Errors></Response>`],
    ['one that wraps it in nothing', `<?xml version="1.0"?>\n${error}`],
  ] as const) {
    it(`that is a refusal is understood in the words of ${what}`, async () => {
      const {failure} = await ask(403, text)
      expect(failure).to.include({code: 'AWS_REFUSED', awsCode: 'AccessDenied'})
      expect(failure).to.have.property('message').that.includes('AccessDenied: Not you.')
    })
  }

  for (const status of [429, 500, 502, 503, 504]) {
    it(`that is out of order, in whatever words, is requested again: ${status}`, async () => {
      const {failure, sent} = await ask(status, 'Trouble')
      expect(failure).to.have.property('code', 'UNAVAILABLE')
      expect(sent).to.have.length(3)
    })
  }

  it('that fails differently each time is requested three times in all, like any other', async () => {
    const cut = () => Promise.reject(new NetworkFailure('The connection was cut.', {mayPass: true}))
    const slow = async () => new Response('Slow down', {status: 503})
    const {failure, sent} = await askInTurn([cut, slow, cut, slow, cut])
    expect(failure).to.have.property('message', 'The connection was cut.')
    expect(sent).to.have.length(3)
  })

  it('that can never come is requested once', async () => {
    const {failure, sent} = await askInTurn([() => Promise.reject(new NetworkFailure('It has no name.', {}))])
    expect(failure).to.have.property('message', 'It has no name.')
    expect(sent).to.have.length(1)
  })
})

const ask = (status: number, text: string) => askInTurn([async () => new Response(text, {status})])

/** Answers each request with the next of these, and with the last for good. */
async function askInTurn(answers: readonly [() => Promise<Response>, ...(() => Promise<Response>)[]]) {
  const sent: URLSearchParams[] = []
  const sts = {
    endpoint: stsEndpoint('aws', {}, {}),
    fetch: async (_url: unknown, init?: RequestInit) => {
      const answer = answers[Math.min(sent.length, answers.length - 1)] ?? answers[0]
      sent.push(new URLSearchParams(String(init?.body)))
      return answer()
    },
    now: () => new Date(),
    sleep: async () => undefined,
    offset: () => 0,
  }
  const [settled] = await Promise.allSettled([assumeRoleWithWebIdentity(request, 'the-token', sts)])
  return settled.status === 'fulfilled' ? {sent, result: settled.value} : {sent, failure: settled.reason}
}

function credentialsUntil(end: string): string {
  return `<Credentials>${members}<Expiration>${end}</Expiration></Credentials>`
}

function answer(result: string): string {
  const name = 'AssumeRoleWithWebIdentity'
  return `<${name}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
    <${name}Result>${result}</${name}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
  </${name}Response>`
}
