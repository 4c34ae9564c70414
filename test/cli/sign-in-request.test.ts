import {createHash} from 'node:crypto'
import {expect} from 'chai'
import {useScene} from '../support/scene.ts'
import {browse, waitForAddress} from '../support/sign-in.ts'

describe('signing in: the authorization request', () => {
  const scene = useScene()

  it('asks with PKCE S256, a state and a nonce, different ones each time', async () => {
    const [first, second] = [await waitForAddress(scene.home), await waitForAddress(scene.home, other)]
    for (const {address, state} of [first, second]) {
      const {searchParams: asked} = address
      expect(Object.fromEntries(asked)).to.include({
        response_type: 'code',
        code_challenge_method: 'S256',
        client_id: 'aws-oidc',
      })
      expect(asked.get('code_challenge')).to.match(/^[\w-]{43}$/)
      expect(state).to.match(/^[\w-]{43}$/)
      expect(asked.get('nonce')).to.match(/^[\w-]{43}$/)
    }
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(first.address.searchParams.get(name), name).not.to.equal(second.address.searchParams.get(name))
    }
    for (const {child, ended} of [first, second]) {
      child.kill('SIGTERM')
      await ended
    }
  })
  // Another provider's lock, or the second would wait for the first.
  const other = ['creds', '--provider', 'other', '--role', 'arn:aws:iam::123456789012:role/developer', '--no-browser']
  beforeEach(async () => {
    await scene.home.configure({})
    const {issuer, clientId} = scene.sandbox
    const provider = {strategy: 'oidc', issuer, clientId}
    const config = {providers: {sandbox: provider, other: {...provider, sessionName: 'other'}}}
    const profiles = {developer: {provider: 'sandbox', role: 'arn:aws:iam::123456789012:role/developer'}}
    await scene.home.writeConfig(JSON.stringify({...config, profiles}))
  })

  it('redeems the code with the verifier of the challenge', async () => {
    const {address, ended} = await waitForAddress(scene.home)
    // The provider compares; a challenge that no verifier of ours fits must therefore be refused.
    const changed = new URL(address)
    changed.searchParams.set('code_challenge', createHash('sha256').update('somebody else').digest('base64url'))
    await browse(changed)
    const {exitCode, stdout, stderr} = await ended
    expect({exitCode, stdout}).to.deep.equal({exitCode: 4, stdout: ''})
    expect(stderr).to.include('invalid_grant')
  })

  it('refuses an ID token whose nonce is not the one it sent', async () => {
    const {address, ended} = await waitForAddress(scene.home)
    const changed = new URL(address)
    changed.searchParams.set('nonce', 'of-somebody-else')
    await browse(changed)
    expect(await ended).to.include({exitCode: 6, stdout: ''})
  })

  it('sends "scopes" and "parameters" of the configuration to the provider', async () => {
    await scene.home.configure({
      provider: {scopes: ['openid', 'profile'], parameters: {kc_idp_hint: 'google', login_hint: 'a b&c=d'}},
    })
    const {address, child, ended} = await waitForAddress(scene.home)
    expect(address.searchParams.get('scope')?.split(' ')).to.have.members(['openid', 'profile', 'offline_access'])
    expect(Object.fromEntries(address.searchParams)).to.include({kc_idp_hint: 'google', login_hint: 'a b&c=d'})
    child.kill('SIGTERM')
    await ended
  })

  it('lets no configured parameter replace what protects the sign-in', async () => {
    const parameters = {state: 'x', nonce: 'x', code_challenge: 'x', code_challenge_method: 'plain', redirect_uri: 'x'}
    await scene.home.configure({provider: {parameters}})
    const {address, child, ended} = await waitForAddress(scene.home)
    for (const [name, value] of Object.entries(parameters)) {
      expect(address.searchParams.getAll(name), name).to.have.lengthOf(1).and.not.include(value)
    }
    child.kill('SIGTERM')
    await ended
  })

  it('asks for "openid email" when no scopes are configured, and for offline access where it is offered', async () => {
    const {address, child, ended} = await waitForAddress(scene.home)
    expect(address.searchParams.get('scope')?.split(' ')).to.have.members(['openid', 'email', 'offline_access'])
    child.kill('SIGTERM')
    await ended
  })

  it('requests no offline access where the provider does not list it', async () => {
    await scene.sandbox.fault({on: 'discovery', change: {scopes_supported: ['openid', 'email']}})
    const {address, child, ended} = await waitForAddress(scene.home)
    expect(address.searchParams.get('scope')).to.equal('openid email')
    child.kill('SIGTERM')
    await ended
  })
})
