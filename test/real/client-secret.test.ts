import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import type {Ending} from '../support/home.ts'
import {useKeyringScene} from '../support/keyring-scene.ts'
import {runAs, variablesOf} from '../support/machine.ts'

const creds = ['creds', '-p', 'developer', '--debug']
const setSecret = ['providers', 'set-secret', 'sandbox', 'clientSecret']
const item = 'secret/sandbox'

describe('the secret of a client, in the real gnome-keyring', () => {
  const scene = useKeyringScene()
  const {run, startKeyring} = scene

  beforeEach(() =>
    scene.home.configure({
      provider: {clientId: 'aws-oidc-confidential', clientSecret: {keyring: 'sandbox'}},
      top: {cache: 'auto'},
    }),
  )

  /** As a person does it: the secret comes through a pipe, from a program that has it. */
  function put(secret: string): Promise<Ending> {
    const env = {...variablesOf(scene.home, scene.sandbox), ...scene.bus.env, SECRET: JSON.stringify(secret)}
    const shell = `node -e 'process.stdout.write(JSON.parse(process.env.SECRET))' | env -u SECRET "$@"`
    return runAs([...setSecret, '--debug'], {env, shell})
  }

  it('is taken from a pipe, signs the client in, and is printed nowhere', async () => {
    await startKeyring()
    const {exitCode, stdout, stderr} = await put('sandbox-client-secret\n')
    expect({exitCode, stdout, stderr}).to.deep.equal({
      exitCode: 0,
      stdout: 'The secret "sandbox" is in the keyring.\n',
      stderr: '',
    })
    expect(await scene.bus.readItem(item)).to.equal('sandbox-client-secret')
    const ending = await run(creds)
    isOneDocument(ending)
    expect(ending.stderr).not.to.include('sandbox-client-secret')
  })

  for (const [what, secret] of [
    ['of 1,280 characters', 'x'.repeat(1280)],
    ['of any script', 'äöü 日本語 "\\ \t'],
    ['with NUL in it', 'before\u0000after'],
  ] as const) {
    it(`${what} is kept as it is`, async () => {
      await startKeyring()
      expect(await put(secret)).to.include({exitCode: 0})
      expect(await scene.bus.readItem(item)).to.equal(secret)
    })
  }

  for (const [what, secret, reason] of [
    ['empty', '\n', 'is empty'],
    ['of several lines', 'one\ntwo\n', 'has several lines'],
    ['longer than Windows takes', 'y'.repeat(1281), 'is longer than 1280 characters'],
  ] as const) {
    it(`that is ${what} is refused without a word of it, and the one before stays`, async () => {
      await startKeyring()
      await put('the one before')
      const {exitCode, stdout, stderr} = await put(secret)
      expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
      expect(stderr).to.include(`The secret ${reason}; nothing was changed.`)
      expect(stderr).not.to.match(/yyy|one\b|two/)
      expect(await scene.bus.readItem(item)).to.equal('the one before')
    })
  }

  it('stays when caches are cleared and people sign out, and goes with --remove', async () => {
    await startKeyring()
    await put('sandbox-client-secret')
    await run(creds)
    for (const args of [['logout'], ['cache', 'clear']]) expect(await run(args)).to.include({exitCode: 0})
    expect(await scene.bus.readItem(item)).to.equal('sandbox-client-secret')
    expect(await run([...setSecret, '--remove'])).to.include({exitCode: 0})
    expect(await scene.bus.readItem(item)).to.equal(undefined)
    const {exitCode, stdout, stderr} = await run(creds)
    expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
    expect(stderr)
      .to.include('there is no secret "sandbox" in the keyring')
      .and.include(`Try: aws-oidc ${setSecret.join(' ')}`)
  })

  for (const prompts of ['hang', 'fail'] as const) {
    it(`that can't be had, from a locked keyring that ${prompts}s, is an error and no missing one, and the process ends`, async () => {
      const keyring = await startKeyring()
      await put('sandbox-client-secret')
      await scene.lockAgain(keyring, prompts)
      for (const ending of [await run(creds), await put('another')]) {
        expect({exitCode: ending.exitCode, stdout: ending.stdout}).to.deep.equal({exitCode: 6, stdout: ''})
        expect(ending.stderr)
          .to.match(/^Error: The keyring of this system can't be used: /m)
          .and.match(/^Try: Unlock the keyring, or name the secret as \{env: NAME\}/m)
        expect(ending.stderr).not.to.include('there is no secret').and.not.include('another')
      }
    })
  }
})
