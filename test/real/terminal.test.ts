import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {bin} from '../support/home.ts'
import {variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'
import {onTerminal} from '../support/terminal.ts'

const enter = '\r'
const down = '\u001b[B'
const ctrlC = '\u0003'
const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'

describe('A person at a terminal', () => {
  const scene = useScene()

  /** Runs aws-oidc on a terminal of its own, and types `keys` when `text` stands there. */
  function session(text: string, keys: string, command: readonly string[], redirects: readonly string[] = []) {
    return onTerminal([process.execPath, bin, ...command], {
      env: variablesOf(scene.home, scene.sandbox),
      type: {keys, when: text},
      redirects,
    })
  }

  it('chooses among the roles that the provider offers', async () => {
    const {shown, exitCode} = await session('Which role?', down + enter, ['login', '--provider', 'sandbox'])
    expect(exitCode).to.equal(0)
    expect(shown).to.include('Credentials of arn:aws:iam::123456789012:role/readonly until')
  })

  it('finds the role chosen last at the top the next time', async () => {
    await session('Which role?', down + enter, ['login', '--provider', 'sandbox'])
    const {shown} = await session('Which role?', enter, ['login', '--provider', 'sandbox'])
    expect(shown).to.include('Credentials of arn:aws:iam::123456789012:role/readonly until')
  })

  it('presses Ctrl-C at the question and has the terminal back as it was', async () => {
    const {shown, exitCode, restored} = await session('Which role?', ctrlC, ['login', '--provider', 'sandbox'])
    expect({exitCode, restored}).to.deep.equal({exitCode: 130, restored: true})
    expect(shown.lastIndexOf(showCursor)).to.be.greaterThan(shown.lastIndexOf(hideCursor))
    expect(shown).not.to.include('Credentials of')
  })

  it('sees the address to open although the caller swallows stderr, as botocore does', async () => {
    const [result, complaints] = [join(scene.home.folder, 'out'), join(scene.home.folder, 'err')]
    const {shown, exitCode} = await session('', '', ['creds', '-p', 'developer'], [`1>${result}`, `2>${complaints}`])
    expect(exitCode).to.equal(0)
    expect(shown).to.include(`${scene.sandbox.issuer}/auth?`)
    expect(shown).to.include(
      'Signed in as alice@example.com at sandbox; the role is arn:aws:iam::123456789012:role/developer.',
    )
    expect(await readFile(complaints, 'utf8')).to.equal('')
    expect(JSON.parse(await readFile(result, 'utf8'))).to.include({Version: 1})
  })
})
