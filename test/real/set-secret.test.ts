import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {useKeyringScene} from '../support/keyring-scene.ts'
import {runAs, variablesOf} from '../support/machine.ts'
import {startOnTerminal, type TerminalSession} from '../support/terminal-session.ts'

const setSecret = ['providers', 'set-secret', 'sandbox', 'clientSecret']
const creds = ['creds', '-p', 'developer', '--force']
const question = 'clientSecret of sandbox'
const [enter, ctrlC] = ['\r', '\u0003']
const secret = 'sandbox-client-secret'

describe('providers set-secret, with the real gnome-keyring', () => {
  const scene = useKeyringScene()
  const {run, startKeyring} = scene
  beforeEach(() => configure({}))

  const configure = (more: object) =>
    scene.home.configure({provider: {clientId: 'aws-oidc-confidential', ...more}, top: {cache: 'file'}})
  const useKeyring = () => configure({clientSecret: {keyring: 'sandbox'}})
  const variables = () => ({...variablesOf(scene.home, scene.sandbox), ...scene.bus.env})

  /** The secret as a program prints it that keeps it. */
  const piped = (args: readonly string[], text = secret) =>
    runAs(args, {env: variables(), shell: `printf '%s\\n' '${text}' | "$@"`})
  const atTerminal = (args: readonly string[] = setSecret) => startOnTerminal(args, {env: variables()})

  async function typed(session: TerminalSession, keys: string) {
    await session.until(question)
    session.type(keys)
    return session.ended
  }

  async function worksNow(): Promise<void> {
    await useKeyring()
    const result = await run(creds)
    isOneDocument(result)
    expect(result.stdout + result.stderr).not.to.include(secret)
    expect(await scene.sandbox.signIns()).to.equal(1)
  }

  it('takes the secret from a pipe and says what to configure; then the client signs in with it', async () => {
    await startKeyring()
    expect(await piped(setSecret)).to.deep.equal({
      exitCode: 0,
      signal: null,
      stdout: `The secret "sandbox" is in the keyring.\nNow add this line under "sandbox" in the configuration:\n\n  clientSecret: {keyring: "sandbox"}\n\n`,
      stderr: '',
    })
    await worksNow()
    expect((await piped(setSecret)).stdout).to.equal('The secret "sandbox" is in the keyring.\n')
  })

  it('takes the secret from a user at a terminal, who does not see it; then the client signs in with it', async () => {
    await startKeyring()
    const session = atTerminal()
    expect(await typed(session, secret + enter)).to.deep.equal({exitCode: 0, restored: true})
    expect(session.shown()).to.include('The secret "sandbox" is in the keyring.')
    expect(session.shown()).not.to.match(/sandbox-client|client-secret|\*/)
    await worksNow()
  })

  it('refuses an empty secret, and keeps the former one', async () => {
    await startKeyring()
    await piped(setSecret)
    const session = atTerminal()
    expect(await typed(session, enter)).to.deep.equal({exitCode: 2, restored: true})
    expect(session.shown()).to.include('Error: The secret is empty; nothing was changed.')
    expect((await piped(setSecret, '')).exitCode).to.equal(2)
    await worksNow()
  })

  it('stores nothing of a secret that was interrupted with Ctrl-C', async () => {
    await startKeyring()
    const session = atTerminal()
    expect(await typed(session, `half-of-it${ctrlC}`)).to.deep.equal({exitCode: 130, restored: true})
    expect(session.shown()).not.to.include('half-of-it')
    await useKeyring()
    expect((await run(creds)).stderr).to.include('there is no secret "sandbox" in the keyring')
  })

  it('does not ask with --no-interactive, and suggests the pipe', async () => {
    await startKeyring()
    const session = atTerminal([...setSecret, '--no-interactive'])
    // If it asks after all, do not wait for the answer.
    const asks = session.until(question).then(() => session.type(ctrlC))
    await asks.catch(() => undefined)
    expect(await session.ended).to.deep.equal({exitCode: 2, restored: true})
    expect(session.shown()).to.include(' | aws-oidc providers set-secret sandbox clientSecret')
    expect(session.shown()).not.to.include(question)
  })

  it('removes a secret, even an absent one: then creds is exit 2 with the command that stores it', async () => {
    await startKeyring()
    await useKeyring()
    await piped(setSecret)
    for (const _ of ['there', 'gone']) {
      expect(await run([...setSecret, '--remove'])).to.include({
        exitCode: 0,
        stdout: 'The secret "sandbox" is removed from the keyring.\n',
        stderr: '',
      })
    }
    const {exitCode, stdout, stderr} = await run(creds)
    expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
    expect(stderr)
      .to.match(
        /config\.yaml:\d+:\d+: providers\.sandbox\.clientSecret: there is no secret "sandbox" in the keyring\.$/m,
      )
      .and.include(`Try: aws-oidc ${setSecret.join(' ')}\n`)
  })

  it('replaces a secret that the provider refuses', async () => {
    await startKeyring()
    await useKeyring()
    await piped(setSecret, 'not-the-secret')
    const {exitCode, stderr} = await run(creds)
    expect(exitCode).not.to.equal(0)
    expect(stderr).to.include('invalid_client').and.include('clientSecret').and.not.include('not-the-secret')
    await piped(setSecret)
    await scene.sandbox.reset()
    await worksNow()
  })

  it('stores the secret under the configured name', async () => {
    await startKeyring()
    await configure({clientSecret: {keyring: 'shared by two'}})
    expect((await piped(setSecret)).stdout).to.equal('The secret "shared by two" is in the keyring.\n')
    isOneDocument(await run(creds))
  })

  for (const prompts of ['fail', 'hang'] as const) {
    it(`is exit 6 in time, and so is a call that needs the secret, where the keyring is locked and its prompt ${prompts}s`, async () => {
      const keyring = await startKeyring()
      await piped(setSecret)
      await useKeyring()
      await scene.lockAgain(keyring, prompts)
      for (const ending of [await run(creds), await piped(setSecret, 'another-secret')]) {
        expect(ending).to.include({exitCode: 6, stdout: ''})
        expect(ending.stderr)
          .to.match(/^Error: The keyring of this system can't be used: .+\nTry: .*\{env: NAME\}/m)
          .and.not.include('another-secret')
      }
      expect(await scene.sandbox.journal()).to.deep.equal([])
    })
  }
})
