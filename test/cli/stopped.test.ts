import {setTimeout as delay} from 'node:timers/promises'
import {expect} from 'chai'
import {forgetProvider, outliveTokens, rememberedTokens} from '../support/cached.ts'
import type {Running} from '../support/home.ts'
import {useScene} from '../support/scene.ts'
import {slowTokenEndpoint} from '../support/token-endpoint.ts'

const creds = ['creds', '--profile', 'developer']
const never = {AWS_OIDC_INTERACTIVE: 'never'}

describe('a call that is stopped while the provider answers a refresh, as by Ctrl-Z', () => {
  const scene = useScene()

  it('reads the answer when it continues, and keeps the new refresh token, however late that is', async function () {
    if (process.platform === 'win32') this.skip()
    const {home, sandbox} = scene
    await home.run(creds)
    await outliveTokens(home)
    await forgetProvider(home)
    const before = await rememberedTokens(home)
    const stopped = Promise.withResolvers<void>()
    let caller: Running | undefined
    const endpoint = await slowTokenEndpoint(sandbox, () => {
      caller?.child.kill('SIGSTOP')
      stopped.resolve()
    })
    try {
      await sandbox.fault({on: 'discovery', change: {token_endpoint: endpoint.address}})
      caller = home.start(creds, never)
      await stopped.promise
      // A stopped process has a clock that no test can move: it is stopped for longer than a request may take.
      await delay(16_000)
      caller.child.kill('SIGCONT')
      expect(await caller.ended).to.include({exitCode: 0})
    } finally {
      await endpoint.close()
    }
    expect((await rememberedTokens(home))?.refreshToken)
      .to.be.a('string')
      .and.not.equal(before?.refreshToken)
  })
})
