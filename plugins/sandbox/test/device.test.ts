import {createHash} from 'node:crypto'
import {expect} from 'chai'
import {browse} from '../src/browse.ts'
import {fingerprintOf} from '../src/journal.ts'
import {claimsOf, refresh, type TokenAnswer, token} from './support/oidc-client.ts'
import {useSandbox} from './support/running-sandbox.ts'
import {roleArn} from './support/sts-client.ts'

const verifier = 'v'.repeat(43)
const challenge = createHash('sha256').update(verifier).digest('base64url')
const pkce = {code_challenge: challenge, code_challenge_method: 'S256'}
const grantType = 'urn:ietf:params:oauth:grant-type:device_code'

interface DeviceAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly complete: string
  readonly page: string
  readonly userCode: string
}

describe('Signing a device in', () => {
  const sandbox = useSandbox()
  const issuer = () => sandbox.addresses.issuer
  beforeEach(() => sandbox.control('POST /lifetimes', {intervalSeconds: 1}))
  afterEach(async () => {
    await sandbox.control('POST /lifetimes', {deviceCodeSeconds: 600, intervalSeconds: 5})
    await sandbox.control('POST /device-flow', {pkceRequired: true})
  })

  async function begin(changes: Record<string, string> = {}, init: RequestInit = {}): Promise<DeviceAnswer> {
    const parameters = {client_id: 'aws-oidc', scope: 'openid email profile offline_access', ...pkce, ...changes}
    const body = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== ''))
    const response = await fetch(`${issuer()}/device/auth`, {method: 'POST', body, ...init})
    const answer = JSON.parse(await response.text())
    return {
      status: response.status,
      body: answer,
      complete: String(answer.verification_uri_complete),
      page: String(answer.verification_uri),
      userCode: String(answer.user_code),
    }
  }

  function poll({body}: DeviceAnswer, changes: Record<string, string> = {}): Promise<TokenAnswer> {
    return token(issuer(), {
      grant_type: grantType,
      device_code: String(body.device_code),
      code_verifier: verifier,
      ...changes,
    })
  }

  it('is announced in the metadata', async () => {
    const metadata = JSON.parse(await (await fetch(`${issuer()}/.well-known/openid-configuration`)).text())
    expect(metadata.device_authorization_endpoint).to.equal(`${issuer()}/device/auth`)
    expect(metadata.grant_types_supported).to.include(grantType)
  })

  it('begins with a code, two addresses, a lifetime and a polling interval', async () => {
    const {status, body} = await begin()
    expect(status).to.equal(200)
    expect(body.user_code).to.match(/^[B-Z]{4}-[B-Z]{4}$/)
    expect(body).to.include({
      verification_uri: `${issuer()}/device`,
      verification_uri_complete: `${issuer()}/device?user_code=${body.user_code}`,
      expires_in: 600,
      interval: 1,
    })
  })

  it('ends with the same tokens as a sign-in in the browser, without a nonce', async () => {
    const device = await begin()
    expect((await poll(device)).body.error).to.equal('authorization_pending')
    await browse(device.complete, {userName: 'alice'})
    await expect1SecondToPass()
    const answer = await poll(device)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    expect(claimsOf(answer.idToken)).to.include({sub: 'alice', aud: 'aws-oidc', iss: issuer()})
    expect(claimsOf(answer.idToken)).not.to.have.property('nonce')
    expect(claimsOf(answer.idToken).aws_roles).to.deep.equal([roleArn('developer'), roleArn('readonly')])
    expect((await refresh(issuer(), answer.refreshToken)).status).to.equal(200)
  })

  it('works for the confidential client', async () => {
    const authorization = `Basic ${Buffer.from('aws-oidc-confidential:sandbox-client-secret').toString('base64')}`
    const device = await begin({client_id: ''}, {headers: {authorization}})
    await browse(device.complete, {userName: 'bob'})
    const body = new URLSearchParams({
      grant_type: grantType,
      device_code: String(device.body.device_code),
      code_verifier: verifier,
    })
    const response = await fetch(`${issuer()}/token`, {method: 'POST', headers: {authorization}, body})
    expect(response.status).to.equal(200)
    expect(claimsOf(JSON.parse(await response.text()).id_token)).to.include({sub: 'bob', aud: 'aws-oidc-confidential'})
  })

  it('lets the user type the code, in lower case and without the dash', async () => {
    const device = await begin()
    await browse(device.page, {
      userName: 'alice',
      code: async () => device.userCode.replace('-', '').toLowerCase(),
    })
    expect((await poll(device)).status).to.equal(200)
  })

  for (const [words, code, message] of [
    ['a wrong code', 'XXXX-XXXX', 'The provider answered 200: There is no such code.'],
    ['no code', undefined, 'The page asks for the code that the device shows: set SANDBOX_CODE.'],
  ] as const) {
    it(`stops at the page with ${words}`, async () => {
      const {page} = await begin()
      expect(await failureOf(browse(page, {userName: 'alice', code: async () => code}))).to.equal(message)
    })
  }

  it('tells the device when the user refused', async () => {
    const device = await begin()
    await browse(device.complete, {userName: 'deny'})
    const answer = await poll(device)
    expect([answer.status, answer.body.error]).to.deep.equal([400, 'access_denied'])
    expect((await sandbox.journal()).map(({kind, outcome}) => `${kind} ${outcome}`)).to.deep.equal([
      'device ok',
      'sign-in access_denied',
      'token access_denied',
    ])
  })

  it('tells both sides when the code has expired', async () => {
    await sandbox.control('POST /lifetimes', {deviceCodeSeconds: 1})
    const device = await begin()
    await expect1SecondToPass()
    await expect1SecondToPass()
    expect((await poll(device)).body.error).to.equal('expired_token')
    expect(await failureOf(browse(device.complete, {userName: 'alice'}))).to.match(/The code has expired/)
  })

  it('uses a code only once', async () => {
    const device = await begin()
    await browse(device.complete, {userName: 'alice'})
    expect((await poll(device)).status).to.equal(200)
    expect(await failureOf(browse(device.complete, {userName: 'alice'}))).to.match(/used already/)
    await expect1SecondToPass()
    expect((await poll(device)).body.error).to.equal('invalid_grant')
  })

  it('demands PKCE in the request, as Keycloak does, unless told not to', async () => {
    const without = {code_challenge: '', code_challenge_method: ''}
    const refused = await begin(without)
    expect(refused.status).to.equal(400)
    expect(refused.body).to.deep.equal({
      error: 'invalid_request',
      error_description: 'Missing parameter: code_challenge_method',
    })
    expect((await begin({code_challenge_method: 'plain'})).body.error).to.equal('invalid_request')
    await sandbox.control('POST /device-flow', {pkceRequired: false})
    const device = await begin(without)
    expect(device.status).to.equal(200)
    await browse(device.complete, {userName: 'alice'})
    expect((await poll(device)).status).to.equal(200)
  })

  it('refuses a poll with the wrong verifier or with none, and leaves the code usable', async () => {
    const device = await begin()
    await browse(device.complete, {userName: 'alice'})
    const wrong = await poll(device, {code_verifier: 'x'.repeat(43)})
    expect(wrong.body.error_description).to.equal('PKCE verification failed: Code mismatch')
    await expect1SecondToPass()
    const body = {grant_type: grantType, device_code: String(device.body.device_code)}
    expect((await token(issuer(), body)).body.error_description).to.equal('PKCE code verifier not specified')
    await expect1SecondToPass()
    expect((await poll(device)).status).to.equal(200)
  })

  it('refuses a client that polls too often', async () => {
    const device = await begin()
    expect((await poll(device)).body.error).to.equal('authorization_pending')
    expect((await poll(device)).body.error).to.equal('slow_down')
    await expect1SecondToPass()
    expect((await poll(device)).body.error).to.equal('authorization_pending')
  })

  it('reports an unknown client or a wrong secret before it asks for PKCE', async () => {
    const authorization = `Basic ${Buffer.from('aws-oidc-confidential:wrong').toString('base64')}`
    expect((await begin({client_id: '', code_challenge: ''}, {headers: {authorization}})).body.error).to.equal(
      'invalid_client',
    )
  })

  it('journals the request, the sign-in and each poll, and no code', async () => {
    const device = await begin()
    await poll(device)
    await browse(device.complete, {userName: 'alice'})
    await expect1SecondToPass()
    const {refreshToken} = await poll(device)
    const journal = await sandbox.journal()
    expect(journal.map(({at: _, ...entry}) => entry)).to.deep.equal([
      {kind: 'device', outcome: 'ok'},
      {kind: 'token', grant: grantType, outcome: 'authorization_pending'},
      {kind: 'sign-in', user: 'alice', outcome: 'ok'},
      {kind: 'token', grant: grantType, given: fingerprintOf(refreshToken), outcome: 'ok'},
    ])
    expect(JSON.stringify(journal)).not.to.contain(device.userCode).and.not.to.contain(device.body.device_code)
  })

  for (const [words, fault, status, error] of [
    ['a device request', {on: 'device', error: 'unauthorized_client', message: 'no'}, 400, 'unauthorized_client'],
    ['a poll, which must slow down', {on: 'token', grant: grantType, error: 'slow_down'}, 400, 'slow_down'],
    ['a poll, whose code has ended', {on: 'token', grant: grantType, error: 'expired_token'}, 400, 'expired_token'],
  ] as const) {
    it(`refuses ${words}, on demand`, async () => {
      await sandbox.control('POST /faults', fault)
      const device = await begin()
      const answer = fault.on === 'device' ? device : await poll(device)
      expect([answer.status, answer.body.error]).to.deep.equal([status, error])
    })
  }

  it('changes the answer to a device request on demand', async () => {
    const change = {verification_uri: 'https://other.example/device', verification_uri_complete: null, interval: null}
    await sandbox.control('POST /faults', {on: 'device', change})
    const {body} = await begin()
    expect(body.verification_uri).to.equal('https://other.example/device')
    expect(body).not.to.have.any.keys('verification_uri_complete', 'interval')
  })

  it('shows pages that load nothing from elsewhere and run no script', async () => {
    const device = await begin()
    for (const address of [device.page, device.complete]) {
      const response = await fetch(address, {headers: {accept: 'text/html'}})
      const html = await response.text()
      expect(response.headers.get('content-security-policy')).to.contain("default-src 'none'")
      expect(html).to.contain('<form')
      expect(html.replaceAll(issuer(), '')).not.to.match(/<script|onfocus|https?:\/\//)
    }
    expect(await (await fetch(device.complete)).text()).to.contain(`<code>${device.userCode}</code>`)
  })

  it('shows a code from the address as text, whatever it contains', async () => {
    const html = await (await fetch(`${issuer()}/device?user_code=${encodeURIComponent('"><b>x')}`)).text()
    expect(html).not.to.contain('<b>')
  })
})

async function failureOf(promise: Promise<unknown>): Promise<string> {
  const failure: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  return failure instanceof Error ? failure.message : 'did not fail'
}

/** Neither the provider's own clock nor the interval between polls can be moved, so this second is waited for. */
function expect1SecondToPass(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 1100))
}
