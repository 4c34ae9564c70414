import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {useScene} from '../support/scene.ts'

describe('aws-oidc creds', () => {
  const scene = useScene()

  it('signs in, gets credentials of the role and prints one document', async () => {
    const ending = await scene.home.run(['creds', '--profile', 'developer'])
    isOneDocument(ending)
    const document = JSON.parse(ending.stdout)
    expect(document).to.include({Version: 1, AccountId: '123456789012'})
    expect(Date.parse(document.Expiration) - Date.now()).to.be.within(59 * 60_000, 60 * 60_000)
    expect(await scene.sandbox.signIns()).to.equal(1)
  })

  it('serves the second call from the cache: no network, nothing on stderr', async () => {
    const first = await scene.home.run(['creds', '--profile', 'developer'])
    const before = await scene.sandbox.journal()
    const second = await scene.home.run(['creds', '--profile', 'developer'])
    expect(second).to.include({exitCode: 0, stdout: first.stdout, stderr: ''})
    expect(await scene.sandbox.journal()).to.deep.equal(before)
  })

  it('makes one sign-in however many calls begin at once', async () => {
    const calls = Array.from({length: 10}, () => scene.home.run(['creds', '--profile', 'developer']))
    const endings = await Promise.all(calls)
    expect(new Set(endings.map(({stdout}) => stdout)).size).to.equal(1)
    expect(endings.map(({exitCode}) => exitCode)).to.deep.equal(Array(10).fill(0))
    expect(await scene.sandbox.signIns()).to.equal(1)
  })
})
