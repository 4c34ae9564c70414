import {expect} from 'chai'
import {readEnvelope} from '../../src/providers/envelope.ts'
import {parseSealingKey, unseal} from '../../src/providers/sealing.ts'
import {isOneDocument} from '../support/document.ts'
import {killed, useKeyringScene} from '../support/keyring-scene.ts'
import {onReadOnlyHome, root, runAs, variablesOf} from '../support/machine.ts'

const creds = ['creds', '-p', 'developer']
const unattended = {AWS_OIDC_INTERACTIVE: 'never'}

describe('cache: keyring, with the real gnome-keyring', () => {
  const scene = useKeyringScene()
  const {run, envelopes, forms, startKeyring} = scene

  it('seals its entries with a key that is in the keyring only, without a warning', async () => {
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

  it('needs one key and one sign-in however many calls begin at once', async () => {
    await startKeyring()
    const endings = await Promise.all(Array.from({length: 20}, () => run(creds)))
    for (const ending of endings) isOneDocument(ending)
    expect(new Set(endings.map(({stdout}) => stdout)).size).to.equal(1)
    expect(new Set((await envelopes()).map(({kid}) => kid)).size).to.equal(1)
    expect(await scene.sandbox.signIns()).to.equal(1)
  })

  it('continues without asking after the keyring was locked and unlocked again', async () => {
    const keyring = await startKeyring()
    await run(creds)
    await killed(keyring)
    await startKeyring()
    expect(await run(creds, unattended)).to.include({exitCode: 0, stderr: ''})
  })

  it('continues when the keyring dies between two calls, and seals again after a login', async () => {
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

  it('shows neither its key nor what it seals, even with --debug, and when nothing can be opened', async () => {
    await startKeyring()
    const endings = [await run(['login', '-p', 'developer', '--debug']), await run([...creds, '--debug'])]
    const key = (await scene.bus.readItem('cache-key')) ?? ''
    const secrets = (await envelopes()).flatMap(envelope => secretsIn(envelope, key))
    await scene.bus.changeItem('cache-key', `no key: ${key}`)
    endings.push(await run([...creds, '--debug', '--no-interactive']))
    endings.push(await run([...creds, '--debug'], {AWS_OIDC_CACHE: 'keyring'}))
    expect(secrets, 'three tokens and two of AWS').to.have.length(5)
    const said = endings.map(({stderr}) => stderr).join('')
    expect(said).to.include('sealed with another key')
    for (const secret of [key, ...secrets]) expect(said).not.to.include(secret)
  })

  it('leaves no plain text of any provider when the keyring comes into use', async () => {
    await scene.addProviders(['other'])
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

  it('gives the result and one warning where its folder can not be written, and signs in again where it can', async function () {
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

const secretMember = /"(?:secretAccessKey|sessionToken|accessToken|refreshToken|idToken)":"([^"]+)"/g

/** The secrets in a sealed entry. */
function secretsIn(envelope: unknown, key: string): readonly string[] {
  const [own, sealed] = [parseSealingKey(key), readEnvelope(JSON.stringify(envelope))]
  if (!own || sealed?.enc !== 'A256GCM') throw new Error('it is not sealed')
  return [...(unseal(sealed, own)?.value ?? '').matchAll(secretMember)].map(([, secret = '']) => secret)
}
