import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {killed, useKeyringScene} from '../support/keyring-scene.ts'
import {onReadOnlyHome, root, runAs, variablesOf} from '../support/machine.ts'

const creds = ['creds', '-p', 'developer']
const unattended = {AWS_OIDC_INTERACTIVE: 'never'}

describe('cache: keyring, with the real gnome-keyring', () => {
  const scene = useKeyringScene()
  const {run, envelopes, forms, startKeyring} = scene

  /** One more provider at the same place, which is another one to aws-oidc. */
  async function configureOther(): Promise<void> {
    const {sandbox, home} = scene
    const other = {strategy: 'oidc', issuer: sandbox.issuer, clientId: sandbox.clientId, sessionName: 'other'}
    const text = await readFile(join(home.folder, '.config/aws-oidc/config.yaml'), 'utf8')
    await home.writeConfig(text.replace('providers:\n', `providers:\n  other: ${JSON.stringify(other)}\n`))
  }

  it('seals what it keeps with a key that is in the keyring only, without a word', async () => {
    await startKeyring()
    const first = await run(creds)
    isOneDocument(first)
    expect(first.stderr).not.to.include('Warning')
    expect(await forms()).to.deep.equal(['A256GCM'])
    const second = await run(creds)
    expect(second).to.include({exitCode: 0, stdout: first.stdout, stderr: ''})
    expect(await scene.sandbox.signIns()).to.equal(1)
    const {SecretAccessKey, SessionToken} = JSON.parse(first.stdout)
    expect(JSON.stringify(await envelopes()))
      .not.to.include(SecretAccessKey)
      .and.not.include(SessionToken)
  })

  it('makes one key and one sign-in however many ask at once', async () => {
    await startKeyring()
    const endings = await Promise.all(Array.from({length: 20}, () => run(creds)))
    for (const ending of endings) isOneDocument(ending)
    expect(new Set(endings.map(({stdout}) => stdout)).size).to.equal(1)
    expect(new Set((await envelopes()).map(({kid}) => kid)).size).to.equal(1)
    expect(await scene.sandbox.signIns()).to.equal(1)
  })

  it('makes one key when two providers sign in at once', async () => {
    await startKeyring()
    await configureOther()
    await Promise.all(['other', 'sandbox'].map(provider => run(['login', '--provider', provider])))
    expect(new Set((await envelopes()).map(({kid}) => kid)).size).to.equal(1)
  })

  it('goes on without asking after the keyring was locked and unlocked again', async () => {
    const keyring = await startKeyring()
    await run(creds)
    await killed(keyring)
    await startKeyring()
    expect(await run(creds, unattended)).to.include({exitCode: 0, stderr: ''})
  })

  it('goes on when the keyring dies between two calls, and seals again after a login', async () => {
    const keyring = await startKeyring()
    isOneDocument(await run(creds))
    await killed(keyring)
    const without = await run(creds)
    isOneDocument(without)
    expect(without.stderr).to.include('Warning: ')
    await startKeyring()
    await run(['login', '-p', 'developer', '--force'])
    expect(await forms()).to.deep.equal(['A256GCM'])
    expect((await run(creds)).stderr).to.equal('')
  })

  for (const [what, text] of [
    ['is deleted', undefined],
    ['is replaced', Buffer.alloc(32, 7).toString('base64')],
    ['is spoilt', 'nonsense'],
  ] as const) {
    it(`takes old entries for absent when the key ${what} in the keyring itself: one sign-in, the rest stays unread`, async () => {
      await startKeyring()
      await configureOther()
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

  it('shows entries of a lost key as absent, not as expired in time to come', async () => {
    await startKeyring()
    await run(creds)
    await scene.bus.changeItem('cache-key')
    const {stdout} = await run(['status', '--json', '-p', 'developer'])
    expect(JSON.parse(stdout).profiles[0])
      .to.include({state: 'absent', needsPerson: true})
      .and.not.have.property('until')
  })

  it('leaves no plain text behind when the keyring comes into use, of no provider', async () => {
    await configureOther()
    await run(['login', '--all'], {AWS_OIDC_CACHE: 'file'})
    expect(await forms()).to.deep.equal(['none'])
    await startKeyring()
    isOneDocument(await run(creds))
    expect(await forms()).to.deep.equal(['A256GCM'])
  })

  it('keeps no refresh token with rememberSignIn: false', async () => {
    await startKeyring()
    await scene.home.configure({provider: {rememberSignIn: false}, top: {cache: 'auto'}})
    await run(creds)
    expect((await run(['status', '--json'])).stdout).to.include('"renewable": false')
  })

  it('forgets the key with everything else, and makes another one', async () => {
    await startKeyring()
    await run(creds)
    const [before] = await envelopes()
    await run(['cache', 'clear'])
    expect(await envelopes()).to.deep.equal([])
    isOneDocument(await run(creds))
    expect((await envelopes())[0]?.kid).not.to.equal(before?.kid)
  })

  it('gives the result and one warning where its folder can not be written, and asks again where it can', async function () {
    if (!root) this.skip()
    await startKeyring()
    const {home, sandbox, bus} = scene
    const ending = await runAs(creds, {env: {...variablesOf(home, sandbox), ...bus.env}, shell: onReadOnlyHome})
    isOneDocument(ending)
    expect(ending.stderr.match(/^Warning: The cache .+EROFS.+$/gm), ending.stderr).to.have.length(1)
    expect(ending.stderr, 'it is no failure of the keyring').not.to.include('plain text')
    expect(await envelopes()).to.deep.equal([])
    isOneDocument(await run(creds))
    expect(await forms()).to.deep.equal(['A256GCM'])
  })
})
