import {AssertionError} from 'node:assert/strict'
import {expect} from 'chai'
import {credentialsFor} from '../../src/credentials/credentials.ts'
import {AwsOidcError} from '../../src/errors.ts'
import {isSafeAddress} from '../../src/http/loopback-address.ts'
import {deviceAddresses} from '../../src/oauth/device-addresses.ts'
import type {Host} from '../../src/plugin.ts'
import {type FakeHost, fakeHost, fakeTokens} from '../../src/testing/index.ts'
import {makeStage} from '../support/dependencies.ts'

const client = {issuer: new URL('https://idp.example'), clientId: 'aws-oidc'}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it worked',
    (error: unknown) => error,
  )
}

/** What the host of this version answers. */
async function samlFailureOfHost(start: URL): Promise<AwsOidcError> {
  const deps = makeStage().call()
  const usual = await deps.registry.strategy('fake')
  const strategy = async () => ({
    ...usual,
    async signIn(_settings: Record<string, unknown>, host: Host) {
      await host.samlFromBrowser(start)
      throw new Error('it worked')
    },
  })
  const request = {profile: 'developer', force: false, lasting: false}
  const failure = await failureOf(credentialsFor(request, {...deps, registry: {...deps.registry, strategy}}))
  if (failure instanceof AwsOidcError) return failure
  throw failure
}

describe('the fake host', () => {
  it('answers in the order of the script, and passes each request to an answer that is a function', async () => {
    const seen: string[] = []
    const host = fakeHost({
      responses: [
        request => {
          seen.push(`${request.method} ${request.url}`)
          return Response.json({first: true})
        },
        Response.json({second: true}),
        new Error('unplugged'),
      ],
    })
    const first = await host.fetch('https://idp.example/a', {method: 'POST', body: 'x'})
    expect(await first.json()).to.deep.equal({first: true})
    expect(await (await host.fetch('https://idp.example/b')).json()).to.deep.equal({second: true})
    expect(await failureOf(host.fetch('https://idp.example/c'))).to.have.property('message', 'unplugged')
    expect(seen).to.deep.equal(['POST https://idp.example/a'])
    host.verify()
  })

  it('reports a request that was expected but not made, and one that was not expected', async () => {
    expect(() => fakeHost({responses: [Response.json({})], answers: ['x', 'y']}).verify()).to.throw(
      'Never asked for: 1 of "responses", 2 of "answers".',
    )
    const host = fakeHost()
    await failureOf(host.fetch('https://idp.example/surprise'))
    expect(() => host.verify()).to.throw('no answer for GET https://idp.example/surprise')
  })

  it('remembers tokens until they expire, for the next command too, and signs in again where nothing renews them', async () => {
    const tokens = {...fakeTokens(), renewable: false}
    const fresh = {...fakeTokens(), renewable: false}
    const host = fakeHost({tokens: [tokens, fresh]})
    const remembered = {...tokens, remembered: true}
    expect(await host.tokens(client)).to.deep.equal(tokens)
    expect(await host.tokens(client)).to.deep.equal(remembered)
    expect(await fakeHost({}, {memory: host.memory, interactive: false}).tokens(client)).to.deep.equal(remembered)
    expect(await host.tokens(client, {fresh: true})).to.deep.equal(fresh)
    expect(host.asked.map(({by}) => by)).to.deep.equal(['sign-in', 'sign-in'])
    host.advance(3_600_000)
    const later = fakeHost({}, {memory: host.memory, interactive: false, now: host.now()})
    expect(await failureOf(later.tokens(client))).to.include({code: 'SIGN_IN_REQUIRED'})
  })

  describe('as the host, for clients that differ only in the parameters of the token request,', () => {
    const [directory, aws] = ['directory', 'aws'].map(audience => ({...client, tokenParameters: {audience}}))
    if (!directory || !aws) throw new Error('there are two clients')

    it('signs in once, and renews without the user', async () => {
      const host = fakeHost({tokens: [fakeTokens(), fakeTokens(), fakeTokens()]})
      const tokens = await host.tokens(directory)
      expect((await host.tokens(aws)).accessToken).not.to.equal(tokens.accessToken)
      expect((await host.tokens(directory)).accessToken).to.equal(tokens.accessToken)
      host.advance(3_600_000)
      await host.tokens(aws)
      expect(host.asked.map(({by}) => by)).to.deep.equal(['sign-in'])
      host.verify()
    })

    it('forgets the tokens of all when it revokes those of one', async () => {
      const host = fakeHost({tokens: [fakeTokens(), fakeTokens(), fakeTokens()]})
      await host.tokens(directory)
      await host.tokens(aws)
      await host.revoke(directory)
      const unattended = () => fakeHost({}, {memory: host.memory, interactive: false})
      for (const one of [directory, aws]) {
        expect(await failureOf(unattended().tokens(one))).to.include({code: 'SIGN_IN_REQUIRED'})
      }
      // A new sign-in makes no earlier tokens valid.
      await host.tokens(directory)
      expect(await failureOf(unattended().tokens(aws))).to.be.instanceOf(AssertionError)
    })
  })

  it('refuses in every call a client that the host refuses', async () => {
    const host = fakeHost({tokens: [fakeTokens()], grants: [{status: 200, body: {}}]})
    const wrong = {...client, tokenParameters: {grant_type: 'x'}}
    const calls = [host.tokens(wrong), host.grant(wrong, {}), host.revoke(wrong), host.endSession(wrong)]
    for (const call of calls) {
      expect(await failureOf(call)).to.have.property(
        'message',
        '"tokenParameters" of the client may not have "grant_type"',
      )
    }
  })

  it('moves its clock by sleeping, and never really sleeps', async () => {
    const host = fakeHost()
    const before = host.now().getTime()
    await host.sleep(86_400_000)
    expect(host.now().getTime() - before).to.equal(86_400_000)
  })

  it('ends every wait when it is aborted, with the reason', async () => {
    const reason = new Error('Interrupted.')
    const host = fakeHost({samlDocuments: []}, {hangs: true})
    const callback = await host.listen()
    const waits = [
      host.fetch('https://idp.example'),
      host.tokens(client),
      host.grant(client, {}),
      host.sleep(1000),
      host.ask.text('Who?'),
      host.samlFromBrowser(new URL('https://idp.example')),
      host.rolesIn('document'),
      callback.received(),
    ].map(failureOf)
    host.abort(reason)
    for (const failure of await Promise.all(waits)) expect(failure).to.equal(reason)
    expect(await failureOf(host.fetch('https://idp.example'))).to.equal(reason)
  })

  it('refuses to interact where the user may not be asked', async () => {
    const host = fakeHost({tokens: [fakeTokens()], answers: ['x'], samlDocuments: ['x']}, {interactive: false})
    const url = new URL('https://idp.example/sign-in')
    for (const work of [
      host.tokens(client),
      host.openBrowser(url),
      host.showCode({url, code: 'ABCD', expiresAt: host.now()}),
      host.samlFromBrowser(url),
      host.listen(),
      host.ask.secret('Password?'),
    ]) {
      expect(await failureOf(work)).to.include({code: 'SIGN_IN_REQUIRED'})
    }
    expect(host.asked, 'a question is a mistake of the strategy').to.deep.equal([
      {by: 'question', kind: 'secret', question: 'Password?', choices: []},
    ])
  })

  for (const [words, address] of [
    ['https', 'https://idp.example/a'],
    ['http', 'http://idp.example/a'],
    ['http on loopback', 'http://127.0.0.1:8400/a'],
    ['http on localhost', 'http://localhost/a'],
    ['http on loopback of IPv6', 'http://[::1]:1/a'],
    ['http on a name like loopback', 'http://127.0.0.1.example/a'],
    ['a file', 'file:///etc/passwd'],
    ['a program', 'javascript:alert(1)'],
  ] as const) {
    it(`opens and shows what the host does, and refuses what it refuses (${words})`, async () => {
      const url = new URL(address)
      const isSafe = isSafeAddress(url)
      for (const show of [
        (host: FakeHost) => host.openBrowser(url),
        (host: FakeHost) => host.showCode({url, code: 'ABCD', expiresAt: host.now()}),
      ]) {
        const host = fakeHost()
        const outcome = await failureOf(show(host))
        if (isSafe) expect(outcome).to.equal('it worked')
        else expect(outcome).to.include({code: 'BAD_RESPONSE'})
        expect(host.asked).to.have.length(isSafe ? 1 : 0)
      }
    })
  }

  it('refuses to show a code at an address with a user name, or with an unsafe complete one, as the host does', async () => {
    const url = new URL('https://idp.example/device')
    for (const addresses of [
      {url: new URL('https://idp.example@evil.example/')},
      {url, completeUrl: new URL('http://idp.example/device?code=ABCD')},
    ]) {
      const host = fakeHost()
      expect(() => deviceAddresses(addresses.url.href, addresses.completeUrl?.href)).to.throw()
      const shown = host.showCode({...addresses, code: 'ABCD', expiresAt: host.now()})
      expect(await failureOf(shown)).to.include({code: 'BAD_RESPONSE'})
    }
  })

  it('captures no SAML unless the script has some, in the words of the host', async () => {
    const start = new URL('https://idp.example/start')
    const {code, message, hint} = await samlFailureOfHost(start)
    expect(code).to.equal('CONFIG_INVALID')
    expect(await failureOf(fakeHost().samlFromBrowser(start))).to.include({code, message, hint})
  })

  it('captures SAML without the user once the browser has a session', async () => {
    const start = new URL('https://idp.example/start')
    const host = fakeHost({samlDocuments: ['Zmlyc3Q=']})
    expect(await host.samlFromBrowser(start)).to.equal('Zmlyc3Q=')
    const again = fakeHost({samlDocuments: ['c2Vjb25k']}, {memory: host.memory, interactive: false})
    expect(await again.samlFromBrowser(start)).to.equal('c2Vjb25k')
    expect(again.asked).to.deep.equal([])
  })

  it('answers questions, and records the secrets', async () => {
    const host = fakeHost({answers: [1, 'auditor', 'alice', 'correct horse']})
    const choices = [
      {label: 'developer', value: {id: 1}},
      {label: 'auditor', value: {id: 2}},
    ]
    expect(await host.ask.select('Which role?', choices)).to.deep.equal({id: 2})
    expect(await host.ask.select('Which role?', choices)).to.deep.equal({id: 2})
    expect(await host.ask.text('Name?')).to.equal('alice')
    expect(await host.ask.secret('Password?')).to.equal('correct horse')
    expect(host.secrets).to.deep.equal(['correct horse'])
    expect(host.asked).to.have.length(4)
    host.verify()
  })

  it('gives the redirect address and the parameters of the redirect', async () => {
    const host = fakeHost({redirects: [({state}) => new URLSearchParams({code: 'c', state: state ?? ''})]})
    const callback = await host.listen({host: 'localhost', ports: [8400], path: '/done'})
    expect(callback.url.href).to.equal('http://localhost:8400/done')
    expect((await callback.received('s')).toString()).to.equal('code=c&state=s')
  })

  it('says whether somebody sits at a terminal, which takes somebody who may be asked', () => {
    expect(fakeHost().ask.available).to.equal(true)
    expect(fakeHost({}, {attended: false}).ask.available).to.equal(false)
    expect(fakeHost({}, {interactive: false}).ask.available).to.equal(false)
  })

  it('records the time that a question has, and demands one that the host takes', async () => {
    const host = fakeHost({answers: ['123456']})
    expect(await host.ask.secret('Code?', {timeout: 30_000})).to.equal('123456')
    expect(host.asked).to.deep.equal([
      {by: 'question', kind: 'secret', question: 'Code?', choices: [], timeout: 30_000},
    ])
    const failed = await host.ask.text('Who?', {timeout: Number.NaN}).catch((error: unknown) => String(error))
    expect(failed).to.include('"timeout" of a question is NaN, not a number of milliseconds above 0')
  })

  it('shows a notice until it is taken away', () => {
    const host = fakeHost()
    const [first, second] = [host.notice?.('Touch it.'), host.notice?.('Touch it.')]
    expect(host.notices).to.deep.equal(['Touch it.', 'Touch it.'])
    first?.()
    first?.()
    expect(host.notices).to.deep.equal(['Touch it.'])
    second?.()
    expect(host.notices).to.deep.equal([])
    expect(() => host.notice?.('')).to.throw('the notice is empty')
  })
})
