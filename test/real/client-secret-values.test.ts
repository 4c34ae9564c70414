import {expect} from 'chai'
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

  /** As users do it: the secret comes through a pipe, from a program that has it. */
  function put(secret: string): Promise<Ending> {
    const env = {...variablesOf(scene.home, scene.sandbox), ...scene.bus.env, SECRET: JSON.stringify(secret)}
    const shell = `node -e 'process.stdout.write(JSON.parse(process.env.SECRET))' | env -u SECRET "$@"`
    return runAs([...setSecret, '--debug'], {env, shell})
  }

  for (const [what, secret] of [
    ['of 1,280 characters', 'x'.repeat(1280)],
    ['of any script', 'äöü 日本語 "\\ \t'],
    ['with NUL in it', 'before\u0000after'],
  ] as const) {
    it(`${what} is stored unchanged`, async () => {
      await startKeyring()
      expect(await put(secret)).to.include({exitCode: 0})
      expect(await scene.bus.readItem(item)).to.equal(secret)
    })
  }

  it('stays when caches are cleared and users sign out', async () => {
    await startKeyring()
    await put('sandbox-client-secret')
    await run(creds)
    for (const args of [['logout'], ['cache', 'clear']]) expect(await run(args)).to.include({exitCode: 0})
    expect(await scene.bus.readItem(item)).to.equal('sandbox-client-secret')
  })
})
