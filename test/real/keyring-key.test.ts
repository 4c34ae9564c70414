import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {useKeyringScene} from '../support/keyring-scene.ts'
import {hasLoaded} from '../support/machine.ts'
import {until} from '../support/until.ts'

const creds = ['creds', '-p', 'developer']

describe('the key in the real gnome-keyring', () => {
  const scene = useKeyringScene()
  const {run, start, envelopes, forms, startKeyring} = scene

  it('is made once when many providers sign in at once and none of them has found one', async () => {
    const keyring = await startKeyring()
    const names = ['one', 'two', 'three', 'four']
    await scene.addProviders(names)
    // It answers all of them in the same moment.
    keyring.kill('SIGSTOP')
    const running = names.map(name => start(['login', '--provider', name]))
    await until('all ask it', async () =>
      (await Promise.all(running.map(({child}) => hasLoaded(child, 'keyring.linux')))).every(Boolean),
    )
    keyring.kill('SIGCONT')
    for (const {ended} of running) {
      const {exitCode, stderr} = await ended
      expect(exitCode, stderr).to.equal(0)
      expect(stderr).not.to.include('Warning')
    }
    expect(await forms()).to.deep.equal(['A256GCM'])
    expect(new Set((await envelopes()).map(({kid}) => kid)).size).to.equal(1)
  })

  for (const [what, text] of [
    ['is deleted', undefined],
    ['is replaced', Buffer.alloc(32, 7).toString('base64')],
    ['is damaged', 'nonsense'],
  ] as const) {
    it(`makes old entries count as absent when it ${what} in the keyring itself: one sign-in, the rest stays unread`, async () => {
      await startKeyring()
      await scene.addProviders(['other'])
      for (const provider of ['other', 'sandbox']) await run(['login', '--provider', provider])
      const {stdout: old} = await run(creds)
      const before = await envelopes()
      await scene.sandbox.reset()
      await scene.bus.changeItem('cache-key', text)

      const again = await run(creds)
      isOneDocument(again)
      expect(again.stdout).not.to.equal(old)
      expect(again.stderr).not.to.include('Warning')
      expect(await scene.sandbox.signIns()).to.equal(1)
      expect(await run(creds)).to.include({exitCode: 0, stdout: again.stdout, stderr: ''})

      const kids = new Set((await envelopes()).map(({kid}) => kid))
      expect(kids.size, 'old entries are still there beside the new ones').to.equal(2)
      expect(kids).to.include(before[0]?.kid)
      const {exitCode, stdout, stderr} = await run(['status', '--json', '--provider', 'other'])
      expect({exitCode, stderr}).to.deep.equal({exitCode: 0, stderr: ''})
      expect(JSON.parse(stdout).providers[0]).to.include({provider: 'other', signedIn: false})
    })
  }

  it('makes entries count as absent when it is lost, not as valid or expired', async () => {
    await startKeyring()
    await run(creds)
    await scene.bus.changeItem('cache-key')
    const {stdout} = await run(['status', '--json', '-p', 'developer'])
    expect(JSON.parse(stdout).profiles[0])
      .to.include({state: 'absent', needsPerson: true})
      .and.not.have.property('until')
  })

  it('is removed with everything else, and another one is made', async () => {
    await startKeyring()
    await run(creds)
    const [before] = await envelopes()
    await run(['cache', 'clear'])
    expect(await envelopes()).to.deep.equal([])
    isOneDocument(await run(creds))
    expect((await envelopes())[0]?.kid).not.to.equal(before?.kid)
  })

  for (const [before, other] of [
    ['auto', 'file'],
    ['auto', 'memory'],
    ['keyring', 'file'],
  ] as const) {
    it(`is removed too when everything is cleared while "${other}" is chosen, after "${before}": it would open backups`, async () => {
      await startKeyring()
      await run(creds, {AWS_OIDC_CACHE: before})
      expect(await scene.bus.readItem('cache-key')).to.be.a('string')
      await run(['cache', 'clear', '--provider', 'sandbox'], {AWS_OIDC_CACHE: other})
      expect(await scene.bus.readItem('cache-key'), 'other providers may have entries').to.be.a('string')
      await run(['cache', 'clear'], {AWS_OIDC_CACHE: other})
      expect(await scene.bus.readItem('cache-key')).to.equal(undefined)
    })
  }
})
