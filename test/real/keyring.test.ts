import {chmod, mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import type {Ending} from '../support/home.ts'
import {useScene} from '../support/scene.ts'
import {type SessionBus, startSessionBus} from '../support/session-bus.ts'

const creds = ['creds', '-p', 'developer']
const password = 'password of the keyring'

describe('cache: keyring, with the real gnome-keyring', () => {
  const scene = useScene()
  let bus: SessionBus

  beforeEach(async () => {
    bus = await startSessionBus()
    await scene.home.configure({top: {cache: 'auto'}})
  })
  afterEach(() => bus.stop())

  const run = (args: readonly string[], env = {}): Promise<Ending> => scene.home.run(args, {...bus.env, ...env})
  const strict = () => scene.home.configure({top: {cache: 'keyring'}})

  async function envelopes(): Promise<readonly Record<string, unknown>[]> {
    const folder = join(scene.home.cache, 'v1')
    const names = await readdir(folder).catch(() => [])
    return Promise.all(names.map(async name => JSON.parse(await readFile(join(folder, name), 'utf8'))))
  }
  const forms = async () => [...new Set((await envelopes()).map(({enc}) => enc))]

  it('seals what it keeps with a key that is in the keyring only, without a word', async () => {
    await bus.startKeyring(password)
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
    await bus.startKeyring(password)
    const endings = await Promise.all(Array.from({length: 20}, () => run(creds)))
    for (const ending of endings) isOneDocument(ending)
    expect(new Set(endings.map(({stdout}) => stdout)).size).to.equal(1)
    expect(new Set((await envelopes()).map(({kid}) => kid)).size).to.equal(1)
    expect(await scene.sandbox.signIns()).to.equal(1)
  })

  it('makes one key when two providers sign in at once', async () => {
    await bus.startKeyring(password)
    const {sandbox, home} = scene
    const other = {strategy: 'oidc', issuer: sandbox.issuer, clientId: sandbox.clientId, sessionName: 'other'}
    const path = join(home.folder, '.config/aws-oidc/config.yaml')
    const text = await readFile(path, 'utf8')
    await home.writeConfig(text.replace('providers:\n', `providers:\n  other: ${JSON.stringify(other)}\n`))
    await Promise.all(['other', 'sandbox'].map(provider => run(['login', '--provider', provider])))
    expect(new Set((await envelopes()).map(({kid}) => kid)).size).to.equal(1)
  })

  it('renews without asking after the keyring was locked and unlocked again', async () => {
    const keyring = await bus.startKeyring(password)
    await run(creds)
    keyring.kill('SIGKILL')
    await new Promise(resolve => keyring.once('exit', resolve))
    await bus.startKeyring(password)
    expect((await run(creds, {AWS_OIDC_INTERACTIVE: 'never'})).stderr).to.equal('')
  })

  for (const [what, break_] of [
    ['is not there', async () => undefined],
    ['has no login collection, as in a fresh SSH session', () => bus.startKeyring()],
    ['is stopped', async () => (await bus.startKeyring(password)).kill('SIGSTOP')],
    ['never answers', () => bus.startSilentService('org.freedesktop.secrets')],
    ['is locked', () => lockedKeyring()],
    ['is locked and its prompt is never answered', () => lockedKeyring('org.gnome.keyring.SystemPrompter')],
  ] as const) {
    it(`gives the result, one warning, and ends, when the keyring ${what}`, async () => {
      await break_()
      const first = await run(creds)
      isOneDocument(first)
      expect(first.stderr.match(/^Warning: .+$/gm), first.stderr).to.have.length(1)
      expect(first.stderr).to.match(/^Warning: .+ refresh tokens rest in plain text in .+ "cache: file"/m)
      expect(await forms()).to.deep.equal(['none'])
      expect(await run(creds)).to.include({exitCode: 0, stdout: first.stdout, stderr: ''})
      expect(await scene.sandbox.signIns()).to.equal(1)
    })

    it(`is an error before anybody is asked, chosen by hand, when the keyring ${what}`, async () => {
      await break_()
      await strict()
      const {exitCode, stdout, stderr} = await run(creds)
      expect({exitCode, stdout}).to.deep.equal({exitCode: 6, stdout: ''})
      expect(stderr).to.match(/^Error: The cache "keyring" can't be used: .+\nTry: .*"cache: file"/)
      expect(await scene.sandbox.journal()).to.deep.equal([])
    })
  }

  /** A keyring that has been used, then locked; its prompts go to `prompter`, where there is one. */
  async function lockedKeyring(prompter?: string): Promise<void> {
    const first = await bus.startKeyring(password)
    await run(['cache', 'clear'])
    await run(creds)
    await run(['cache', 'clear', '--provider', 'sandbox'])
    await scene.sandbox.reset()
    first.kill('SIGKILL')
    await new Promise(resolve => first.once('exit', resolve))
    if (prompter !== undefined) await bus.startSilentService(prompter)
    await bus.startKeyring()
  }

  it('goes on when the keyring dies between two calls, and seals again after a login', async () => {
    const keyring = await bus.startKeyring(password)
    isOneDocument(await run(creds))
    keyring.kill('SIGKILL')
    await new Promise(resolve => keyring.once('exit', resolve))
    const without = await run(creds)
    isOneDocument(without)
    expect(without.stderr).to.include('Warning: ')
    await bus.startKeyring(password)
    await run(['login', '-p', 'developer', '--force'])
    expect(await forms()).to.deep.equal(['A256GCM'])
    expect((await run(creds)).stderr).to.equal('')
  })

  it('takes a lost key for lost entries: one sign-in, a new key', async () => {
    await bus.startKeyring(password)
    await run(creds)
    const [before] = await envelopes()
    await run(['cache', 'clear', '--provider', 'sandbox'])
    await writeFile(join(scene.home.folder, 'kept'), JSON.stringify(before))
    await run(['cache', 'clear'])
    await mkdir(join(scene.home.cache, 'v1'), {recursive: true, mode: 0o700})
    const again = await run(creds)
    isOneDocument(again)
    expect((await envelopes())[0]?.kid).not.to.equal(before?.kid)
  })

  it('leaves no plain text behind when the keyring comes into use', async () => {
    await scene.home.configure({top: {cache: 'file'}})
    await run(creds)
    expect(await forms()).to.deep.equal(['none'])
    await bus.startKeyring(password)
    await scene.home.configure({top: {cache: 'auto'}})
    isOneDocument(await run(creds))
    expect(await forms()).to.deep.equal(['A256GCM'])
  })

  it('keeps no refresh token with rememberSignIn: false', async () => {
    await bus.startKeyring(password)
    await scene.home.configure({provider: {rememberSignIn: false}, top: {cache: 'auto'}})
    await run(creds)
    expect((await run(['status', '--json'])).stdout).to.include('"renewable": false')
  })

  it('ends on Ctrl-C while the keyring hangs', async () => {
    await lockedKeyring('org.gnome.keyring.SystemPrompter')
    const {child, ended} = scene.home.start(creds, bus.env)
    await new Promise(resolve => setTimeout(resolve, 1000))
    child.kill('SIGINT')
    expect(await ended).to.include({exitCode: 130, stdout: ''})
  })

  it('forgets the key with everything else, and works for a folder that cannot be written', async () => {
    await bus.startKeyring(password)
    await run(creds)
    await run(['cache', 'clear'])
    expect(await envelopes()).to.deep.equal([])
    isOneDocument(await run(creds))
    await chmod(join(scene.home.cache, 'v1'), 0o700)
  })
})
