import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {createServer} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {bin} from '../support/home.ts'
import {untilLocked, variablesOf} from '../support/machine.ts'
import {listening} from '../support/ports.ts'
import {sandboxBin} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'
import {onTerminal} from '../support/terminal.ts'
import {startOnTerminal} from '../support/terminal-session.ts'

const enter = '\r'
const down = '\u001b[B'
const ctrlC = '\u0003'
const clearLine = '\r\u001b[K'
const ctrlS = '\u0013'
const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'

const signedIn = 'Signed in as alice@example.com at sandbox; the role is arn:aws:iam::123456789012:role/developer.'

describe('A user at a terminal', () => {
  const scene = useScene()
  // Results are secrets, which must not stand in the home.
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-terminal-'))
  })
  afterEach(() => rm(folder, {recursive: true}))

  /** Runs aws-oidc on a terminal of its own, and types `keys` when `text` is shown. */
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
    expect(shown).to.include('Credentials of arn:aws:iam::123456789012:role/readonly are valid until')
  })

  it('chooses among them by the configured name of their account', async () => {
    await scene.home.configure({top: {accounts: {'123456789012': 'Production (EU)'}}})
    const named = 'readonly in Production (EU) (123456789012)'
    const {shown, exitCode} = await session(named, down + enter, ['login', '--provider', 'sandbox'])
    expect(exitCode, shown).to.equal(0)
    expect(shown)
      .to.include('developer in Production (EU) (123456789012)')
      .and.include('Credentials of arn:aws:iam::123456789012:role/readonly are valid until')
  })

  it('finds the last chosen role at the top the next time', async () => {
    await session('Which role?', down + enter, ['login', '--provider', 'sandbox'])
    const {shown} = await session('Which role?', enter, ['login', '--provider', 'sandbox'])
    expect(shown).to.include('Credentials of arn:aws:iam::123456789012:role/readonly are valid until')
  })

  it('presses Ctrl-C at the question and gets the terminal restored', async () => {
    const {shown, exitCode, restored} = await session('Which role?', ctrlC, ['login', '--provider', 'sandbox'])
    expect({exitCode, restored}).to.deep.equal({exitCode: 130, restored: true})
    expect(shown.lastIndexOf(showCursor)).to.be.greaterThan(shown.lastIndexOf(hideCursor))
    expect(shown).not.to.include('Credentials of')
  })

  it('sees the address to open although the caller swallows stderr, as botocore does', async () => {
    const [result, complaints] = [join(folder, 'out'), join(folder, 'err')]
    const {shown, exitCode} = await session('', '', ['creds', '-p', 'developer'], [`1>${result}`, `2>${complaints}`])
    expect(exitCode).to.equal(0)
    expect(shown).to.include(`${scene.sandbox.issuer}/auth?`)
    expect(shown).to.include(signedIn)
    expect(await readFile(complaints, 'utf8')).to.equal('')
    expect(JSON.parse(await readFile(result, 'utf8'))).to.include({Version: 1})
  })

  it('sees everything and is served when creds runs in the background of a terminal that stops jobs that write to it', async () => {
    const result = join(folder, 'out')
    const job = 'stty tostop; set -m; "$@" >"$0" & wait $!; echo "ended with $?"'
    const command = ['bash', '--norc', '-c', job, result, process.execPath, bin, 'creds', '-p', 'developer']
    const env = variablesOf(scene.home, scene.sandbox)
    const {shown} = await onTerminal(command, {env})
    expect(shown).to.include('ended with 0').and.include(`${scene.sandbox.issuer}/auth?`).and.include(signedIn)
    expect(JSON.parse(await readFile(result, 'utf8'))).to.include({Version: 1})
    const {shown: failed} = await onTerminal([...command, '--provider', 'nobody'], {env})
    expect(failed).to.include('Error: ').and.include('ended with 2')
  })

  it('stops the terminal with Ctrl-S, and is still served', async () => {
    const [result, complaints] = [join(folder, 'out'), join(folder, 'err')]
    const {exitCode} = await session('', ctrlS, ['creds', '-p', 'developer'], [`1>${result}`, `2>${complaints}`])
    expect(exitCode).to.equal(0)
    expect(await readFile(complaints, 'utf8')).to.include(`${scene.sandbox.issuer}/auth?`)
    expect(JSON.parse(await readFile(result, 'utf8'))).to.include({Version: 1})
  })

  describe('who waits', () => {
    const slow = {on: 'discovery', delayMs: 2500}
    const waits = () => `Waiting for ${new URL(scene.sandbox.issuer).host}.`

    async function creds(env: Readonly<Record<string, string>> = {}) {
      const result = join(folder, 'out')
      const {shown, exitCode} = await onTerminal([process.execPath, bin, 'creds', '-p', 'developer'], {
        env: {...variablesOf(scene.home, scene.sandbox), ...env},
        redirects: [`1>${result}`],
      })
      expect(exitCode, shown).to.equal(0)
      expect(JSON.parse(await readFile(result, 'utf8'))).to.include({Version: 1})
      return shown
    }

    it('over a second sees for what, in a line that is removed before anything else is written', async () => {
      await scene.sandbox.fault(slow)
      const shown = await creds()
      expect(shown).to.include(`${waits()}${clearLine}Opening your browser`)
      expect(afterLines(shown)).not.to.include('Waiting for')
    })

    it('for the sign-in in the browser sees that too', async () => {
      const browse = `sleep 2; exec "${process.execPath}" "${sandboxBin}" browse "$1"`
      await scene.home.configure({top: {browser: ['sh', '-c', browse, 'sh']}})
      expect(await creds()).to.include(`Waiting for your sign-in in the browser.${clearLine}`)
    })

    it('for nothing, because the cache has the credentials, sees nothing at all', async () => {
      await creds()
      expect(await creds()).to.equal('')
    })

    for (const env of [{NO_COLOR: '1'}, {CI: 'true'}, {TERM: 'dumb'}] as const) {
      it(`with ${JSON.stringify(env)} sees no such line`, async () => {
        await scene.sandbox.fault(slow)
        expect(await creds(env)).not.to.include('Waiting for')
      })
    }

    it('for a registry that does not answer, when installing a plugin, sees for which one', async () => {
      const silent = createServer(() => undefined)
      const registry = `127.0.0.1:${await listening(silent)}`
      const env = {...variablesOf(scene.home, scene.sandbox), AWS_OIDC_NPM_REGISTRY: `http://${registry}/`}
      const session = startOnTerminal(['plugins', 'install', 'aws-oidc-ping'], {env})
      try {
        await session.until(`Waiting for npm and its registry at ${registry}.`)
        session.type(ctrlC)
        expect(await session.ended).to.include({exitCode: 130})
        expect(afterLines(session.shown())).not.to.include('Waiting for')
      } finally {
        session.hangUp()
        silent.closeAllConnections()
        silent.close()
      }
    })

    it('for another aws-oidc sees that, and no trace of it in the end', async () => {
      await scene.sandbox.fault(slow)
      const other = scene.home.start(['creds', '-p', 'developer'])
      await untilLocked(scene.home)
      const shown = await creds()
      await other.ended
      expect(shown).to.include('Waiting for another aws-oidc, which is signing in.')
      expect(afterLines(shown)).to.equal('')
    })
  })

  /** What the terminal shows once cleared lines are gone. */
  function afterLines(shown: string): string {
    return shown
      .split('\n')
      .map(line => line.split(clearLine).at(-1))
      .join('\n')
  }
})
