import {expect} from 'chai'
import {cachedText, outliveTokens, rememberedTokens, spoilTokens} from '../support/cached.ts'
import {useScene} from '../support/scene.ts'
import {waitForAddress} from '../support/sign-in.ts'

const creds = ['creds', '--profile', 'developer']

describe('remembering a sign-in', () => {
  const scene = useScene()

  it('keeps no refresh token and asks for no offline access with "rememberSignIn: false"', async () => {
    await scene.home.configure({
      provider: {rememberSignIn: false, scopes: ['openid', 'email', 'offline_access'], parameters: {prompt: 'login'}},
    })
    const {address, child, ended} = await waitForAddress(scene.home)
    expect(address.searchParams.get('scope')).to.equal('openid email')
    child.kill('SIGTERM')
    await ended
    await scene.sandbox.fault({on: 'token', change: {refresh_token: 'a-refresh-token-nobody-asked-for'}})
    expect(await scene.home.run(creds)).to.include({exitCode: 0})
    const tokens = await rememberedTokens(scene.home)
    expect(tokens?.idToken).to.be.a('string')
    expect(tokens).not.to.have.property('refreshToken')
  })

  it('asks again after the ID token has expired with "rememberSignIn: false"', async () => {
    await scene.home.configure({provider: {rememberSignIn: false}})
    await scene.home.run(creds)
    await outliveTokens(scene.home)
    expect(await scene.home.run(creds, {AWS_OIDC_INTERACTIVE: 'never'})).to.include({exitCode: 3})
    expect(await scene.home.run(creds)).to.include({exitCode: 0})
    expect(await scene.sandbox.signIns()).to.equal(2)
  })

  it('asks again with login --force, and remembers the new sign-in', async () => {
    await scene.home.run(creds)
    const before = await rememberedTokens(scene.home)
    expect(await scene.home.run(['login', '--profile', 'developer', '--force'])).to.include({exitCode: 0})
    expect(await scene.sandbox.signIns()).to.equal(2)
    const after = await rememberedTokens(scene.home)
    expect(after?.refreshToken).to.be.a('string').and.not.equal(before?.refreshToken)
    await outliveTokens(scene.home)
    expect(await scene.home.run(creds, {AWS_OIDC_INTERACTIVE: 'never'})).to.include({exitCode: 0})
  })

  it('keeps the old sign-in when the one of login --force is refused', async () => {
    await scene.home.run(creds)
    const before = await rememberedTokens(scene.home)
    const forced = await scene.home.run(['login', '--profile', 'developer', '--force'], {SANDBOX_USER: 'deny'})
    expect(forced.exitCode).to.equal(4)
    expect(await rememberedTokens(scene.home)).to.deep.equal(before)
    await outliveTokens(scene.home)
    expect(await scene.home.run(creds, {AWS_OIDC_INTERACTIVE: 'never'})).to.include({exitCode: 0})
  })

  it("forgets a user's tokens and credentials when another user signs in with login --force", async () => {
    const {stdout} = await scene.home.run(creds)
    const alices = [(JSON.parse(stdout) as {readonly AccessKeyId: string}).AccessKeyId, 'alice@example.com']
    const before = await cachedText(scene.home)
    for (const text of alices) expect(before).to.include(text)
    const forced = await scene.home.run(['login', '--provider', 'sandbox', '--force'], {SANDBOX_USER: 'bob'})
    expect(forced.exitCode).to.equal(0)
    const after = await cachedText(scene.home)
    for (const text of alices) expect(after).not.to.include(text)
    expect(after).to.include('bob@example.com')
    expect((await rememberedTokens(scene.home))?.refreshToken).to.be.a('string')
  })

  it('signs in again when the cache holds damaged tokens', async () => {
    await scene.home.run(creds)
    await spoilTokens(scene.home, 'no tokens')
    expect(await scene.home.run(creds)).to.include({exitCode: 0})
    expect(await scene.sandbox.signIns()).to.equal(2)
  })
})
