import {expect} from 'chai'
import {outliveTokens} from '../support/cached.ts'
import {countOf} from '../support/device.ts'
import {useScene} from '../support/scene.ts'
import {waitForAddress} from '../support/sign-in.ts'

const login = ['login', '--profile', 'developer']
const said =
  'so the sign-in can\'t be renewed without you. Have the provider allow that scope, or set "rememberSignIn: false".'

// As Ory Hydra refuses a client that may not have it.
const refused = {
  error: 'invalid_scope',
  message: "The client is not allowed to request scope 'offline_access'.",
  times: 1,
}

describe('a client that may not have "offline_access", which the configuration does not list', () => {
  const scene = useScene()

  it('signs in without it, in the same window of the browser, with a warning', async () => {
    await scene.sandbox.fault({on: 'authorization', ...refused})
    const {exitCode, stderr} = await scene.home.run(login)
    expect(exitCode, stderr).to.equal(0)
    expect(stderr).to.include(said)
    expect(stderr.match(/Opening your browser/g)).to.have.length(1)
    expect(await countOf(scene.sandbox, 'authorization')).to.equal(2)
  })

  it('signs in without it by a code, with a warning', async () => {
    await scene.sandbox.steer('POST', '/lifetimes', {intervalSeconds: 1})
    await scene.sandbox.fault({on: 'device', ...refused})
    const {exitCode, stderr} = await scene.home.run([...login, '--device'])
    expect(exitCode, stderr).to.equal(0)
    expect(stderr).to.include(said)
    expect(await countOf(scene.sandbox, 'device')).to.equal(2)
  })

  it('asks without it from then on, without a warning', async () => {
    await scene.sandbox.fault({on: 'authorization', ...refused})
    await scene.home.run(login)
    await outliveTokens(scene.home)
    const {address, child, ended} = await waitForAddress(scene.home, [...login, '--no-browser'])
    expect(address.searchParams.get('scope')).to.equal('openid email')
    child.kill('SIGTERM')
    expect((await ended).stderr).not.to.include(said)
  })

  it('asks for it again with login --force: it may be allowed by now', async () => {
    await scene.sandbox.fault({on: 'authorization', ...refused})
    await scene.home.run(login)
    const {address, child, ended} = await waitForAddress(scene.home, [...login, '--force', '--no-browser'])
    expect(address.searchParams.get('scope')).to.include('offline_access')
    child.kill('SIGTERM')
    await ended
  })

  it('is not tried a third time', async () => {
    await scene.sandbox.fault({on: 'authorization', ...refused, times: 2})
    const {exitCode, stderr} = await scene.home.run(login)
    expect(exitCode).to.equal(4)
    expect(stderr).to.include('invalid_scope')
  })
})

describe('a scope of the configuration that is refused', () => {
  const scene = useScene()

  it('is an error: no scope of the configuration is left out', async () => {
    await scene.home.configure({provider: {scopes: ['openid', 'offline_access']}})
    await scene.sandbox.fault({on: 'authorization', ...refused})
    const {exitCode, stderr} = await scene.home.run(login)
    expect(exitCode).to.equal(4)
    expect(stderr).to.include('invalid_scope').and.to.include('"scopes"')
  })
})

describe('a client that is bound to DPoP', () => {
  const scene = useScene()

  for (const [what, fault] of Object.entries({
    'in the words of RFC 9449': {error: 'invalid_dpop_proof'},
    'in those of Keycloak': {error: 'invalid_request', message: 'DPoP proof is missing'},
  })) {
    it(`is refused with a hint that names DPoP, ${what}`, async () => {
      await scene.sandbox.fault({on: 'token', ...fault})
      const {exitCode, stderr} = await scene.home.run(login)
      expect(exitCode).to.equal(4)
      expect(stderr).to.match(/^Try: .*DPoP \(RFC 9449\)/m)
    })
  }
})
