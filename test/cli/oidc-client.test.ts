import {expect} from 'chai'
import {deviceGrant, enterCode, waitForCode} from '../support/device.ts'
import {isOneDocument} from '../support/document.ts'
import {linkExample} from '../support/example-plugin.ts'
import {type Gateway, startGateway} from '../support/gateway.ts'
import {hookWith, plantPlugin} from '../support/planted-plugin.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']
const key = 'the-key-of-the-gateway'

describe('a provider behind a gateway, without metadata', () => {
  const scene = useScene()
  let gateway: Gateway

  beforeEach(async () => {
    gateway = await startGateway(scene.sandbox, key)
    await linkExample(scene.home, 'gateway')
    const settings = {gateway: gateway.url, key: {env: 'GATEWAY_KEY'}, rolesClaim: undefined}
    await scene.home.configure({provider: {strategy: 'gateway', ...settings}})
  })
  afterEach(() => gateway.stop())

  const run = (args: readonly string[]) => scene.home.run(args, {GATEWAY_KEY: key})

  it('gets its header with each request, and gives tokens for two audiences after one sign-in', async () => {
    const ending = await run(creds)
    isOneDocument(ending)
    expect(ending.stderr.match(/Opening your browser/g)).to.have.length(1)
    expect(gateway.asked.filter(line => line.startsWith('POST'))).to.deep.equal([
      'POST /token authorization_code https://directory',
      'POST /token refresh_token https://aws',
    ])
    expect(gateway.asked.some(line => line.includes('openid-configuration'))).to.equal(false)
  })

  it('renews both by the one refresh token, which it replaces each time', async () => {
    // Shorter than what is left when it is shown to AWS.
    await scene.sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 30})
    isOneDocument(await run(creds))
    const before = gateway.asked.length
    isOneDocument(await run([...creds, '--force', '--no-interactive']))
    expect(gateway.asked.slice(before).filter(line => line.startsWith('POST'))).to.deep.equal([
      'POST /token refresh_token https://directory',
      'POST /token refresh_token https://aws',
    ])
  })

  it('is told of the sign-out', async () => {
    isOneDocument(await run(creds))
    const logout = await run(['logout', '--provider', 'sandbox'])
    expect(logout, logout.stderr).to.include({exitCode: 0})
    expect(gateway.asked.at(-1)).to.equal('POST /revoke')
    expect((await run([...creds, '--no-interactive'])).exitCode).to.equal(3)
  })

  it('shows its key in no output', async () => {
    const {stderr} = await run([...creds, '--debug'])
    expect(stderr).not.to.include(key)
  })
})

describe("a client of Google's for desktop programs", () => {
  const scene = useScene()

  it('signs in with a secret that is none, and asks for a refresh token by parameters', async () => {
    await linkExample(scene.home, 'google-desktop')
    const client = {clientId: 'aws-oidc-confidential', clientSecret: 'sandbox-client-secret', rolesClaim: undefined}
    await scene.home.configure({provider: {strategy: 'google-desktop', ...client}})
    const ending = await scene.home.run(creds)
    isOneDocument(ending)
    // Here alone that secret may be in the configuration.
    await scene.home.configure({})
    const [, address = ''] = /^ *(http\S+\/auth\?\S+)$/m.exec(ending.stderr) ?? []
    const {searchParams} = new URL(address)
    expect(searchParams.get('access_type')).to.equal('offline')
    expect(searchParams.get('prompt')).to.equal('consent')
    expect(searchParams.get('scope')).to.equal('openid email')
    expect(searchParams.get('code_challenge_method')).to.equal('S256')
  })
})

describe('a plugin that asks for tokens of a client', () => {
  const scene = useScene()

  /** Plants a strategy that proves by the ID token of a client with these members. */
  async function plantClient(members: string): Promise<void> {
    const atSignIn = `
      const given = await host.tokens({issuer, clientId, ${members}})
      if (given.renewable) host.log.info('It can be renewed.')
      return {subject: 'alice', proofFor: async () => ({kind: 'web-identity', token: given.idToken})}`
    await plantPlugin(scene.home, {hook: hookWith({atSignIn})})
    await scene.home.configure({provider: {strategy: 'ping'}})
  }

  it('gets no refresh token where it wants none, though the provider would give one', async () => {
    await plantClient("offlineAccess: 'none'")
    const {stderr} = await scene.home.run(creds)
    const [, address = ''] = /^ *(http\S+\/auth\?\S+)$/m.exec(stderr) ?? []
    expect(new URL(address).searchParams.get('scope')).to.equal('openid email')
    expect(stderr).not.to.include('It can be renewed.')
  })

  it('has its parameters in the token request where the user signs in with a code, too', async () => {
    const gateway = await startGateway(scene.sandbox, key)
    try {
      const answer = await fetch(`${scene.sandbox.issuer}/.well-known/openid-configuration`)
      const {device_authorization_endpoint: device} = Object(await answer.json())
      const members = `headers: {'x-gateway-key': ${JSON.stringify(key)}}, tokenParameters: {audience: 'aws'}, endpoints: {
        deviceAuthorization: new URL(${JSON.stringify(device)}),
        token: new URL('/token', ${JSON.stringify(gateway.url)}),
        jwks: new URL('/jwks', ${JSON.stringify(gateway.url)}),
      }`
      await plantClient(members)
      // No browser of the user: the choice depends on the environment alone.
      await scene.home.configure({provider: {strategy: 'ping'}, top: {browser: undefined}})
      const shown = await waitForCode(scene.home, creds)
      await enterCode(shown)
      isOneDocument(await shown.ended)
      expect(gateway.asked.filter(line => line.startsWith('POST')).at(-1)).to.equal(`POST /token ${deviceGrant} aws`)
    } finally {
      await gateway.stop()
    }
  })

  it('is served by the metadata of its issuer although another client has given endpoints', async () => {
    const gateway = await startGateway(scene.sandbox, key)
    try {
      const given = `{token: new URL('/token', ${JSON.stringify(gateway.url)}),
        jwks: new URL('/jwks', ${JSON.stringify(gateway.url)}), authorization: new URL(issuer.href + '/auth')}`
      await plantClient(`
        headers: {'x-gateway-key': ${JSON.stringify(key)}}, offlineAccess: 'scope',
        ...(host.env.GIVEN && {tokenParameters: {audience: 'aws'}, endpoints: ${given}})`)
      isOneDocument(await scene.home.run(creds, {GIVEN: '1'}))
      const before = gateway.asked.length
      isOneDocument(await scene.home.run([...creds, '--force', '--no-interactive']))
      expect(gateway.asked.slice(before)).to.deep.equal([])
    } finally {
      await gateway.stop()
    }
  })

  it('shows no header of that client, even if it does so itself', async () => {
    // Not a secret by its setting: only as a header.
    const client = "{issuer: new URL('http://127.0.0.1:9'), clientId: 'c', headers: {'x-key': 'a-key-of-the-gateway'}}"
    const atSignIn = `await host.tokens(${client}).catch(() => undefined); throw new Error('not with a-key-of-the-gateway')`
    await plantPlugin(scene.home, {hook: hookWith({atSignIn})})
    await scene.home.configure({provider: {strategy: 'ping'}})
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode).to.equal(1)
    expect(stderr).to.include('not with ').and.not.include('a-key-of-the-gateway')
  })

  for (const [what, member, reason] of [
    ['with headers that are none', 'headers: 5', '"headers" of the client is 5, not an object'],
    ['with a header of the protocol', "headers: {Authorization: 'x'}", 'may not have "Authorization"'],
    [
      'with a line break in a header',
      "headers: {'x-key': 'a\\nb'}",
      'the header "x-key" of the client has a character',
    ],
    ['with a parameter of the protocol', "tokenParameters: {grant_type: 'x'}", 'may not have "grant_type"'],
    ['with endpoints but none for tokens', 'endpoints: {}', '"token" in "endpoints" of the client is undefined'],
    ['with an endpoint that is no URL', "endpoints: {token: 'x'}", '"token" in "endpoints" of the client is "x"'],
    [
      'with an issuer in its endpoints that is none',
      "endpoints: {token: new URL('https://idp.example.com/t'), issuer: 5}",
      '"issuer" in "endpoints" of the client is 5',
    ],
    ['with an offline access of its own', "offlineAccess: 'yes'", '"offlineAccess" of the client is "yes"'],
  ] as const) {
    it(`${what} is named, and nobody is asked`, async () => {
      const atSignIn = `await host.tokens({issuer: new URL('https://idp.example.com'), clientId: 'c', ${member}})`
      await plantPlugin(scene.home, {hook: hookWith({atSignIn})})
      await scene.home.configure({provider: {strategy: 'ping'}})
      const {exitCode, stdout, stderr} = await scene.home.run(creds)
      expect({exitCode, stdout}).to.deep.equal({exitCode: 1, stdout: ''})
      expect(stderr).to.include('of aws-oidc-ping failed').and.include(reason)
      expect(stderr).not.to.include('Opening your browser')
    })
  }
})
