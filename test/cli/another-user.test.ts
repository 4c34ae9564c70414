import {expect} from 'chai'
import {forgetCredentials} from '../support/cached.ts'
import {useScene} from '../support/scene.ts'

describe("a second user who signs in because AWS called the first user's token expired", () => {
  const scene = useScene()

  it('is the one whom the command and the session name', async () => {
    await scene.home.run(['creds', '--profile', 'developer'])
    await forgetCredentials(scene.home)
    await scene.sandbox.steer('POST', '/revoke-sessions', {})
    await scene.sandbox.fault({on: 'sts', error: 'ExpiredTokenException', message: 'Token expired.', times: 1})
    const ending = await scene.home.run(['login', '--profile', 'developer'], {SANDBOX_USER: 'bob'})
    expect(ending.exitCode, ending.stderr).to.equal(0)
    expect(ending.stdout).to.include('Signed in as bob@example.com')
    const {stdout} = await scene.home.run(['whoami', '--profile', 'developer'])
    expect(stdout).to.include('assumed-role/developer/bob@example.com')
  })
})

describe('a second user who signs in', () => {
  const scene = useScene()

  it('is named in a chained role too, even where the cache has that of the first user', async () => {
    const arnOf = async () => JSON.parse((await scene.home.run(['whoami', '-p', 'admin', '--json'])).stdout).arn
    await scene.home.run(['creds', '-p', 'admin'])
    expect(await arnOf()).to.match(/assumed-role\/admin\/alice@example\.com$/)
    const {exitCode, stderr} = await scene.home.run(['login', '-p', 'developer', '--force'], {SANDBOX_USER: 'bob'})
    expect(exitCode, stderr).to.equal(0)
    expect(await arnOf()).to.match(/assumed-role\/admin\/bob@example\.com$/)
  })
})
