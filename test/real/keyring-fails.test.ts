import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {useKeyringScene} from '../support/keyring-scene.ts'
import {hasLoaded, runAs, variablesOf} from '../support/machine.ts'
import {startOnTerminal} from '../support/terminal-session.ts'
import {until} from '../support/until.ts'

const creds = ['creds', '-p', 'developer']
const inTime = 20_000

describe('a keyring that fails', () => {
  const scene = useKeyringScene()
  const {run, envelopes, forms} = scene
  const strict = () => scene.home.configure({top: {cache: 'keyring'}})

  for (const [what, break_] of [
    ['is absent', async () => undefined],
    ['is on a bus that is gone', () => scene.bus.stop()],
    ['has no login collection, as in a fresh SSH session', () => scene.bus.startKeyring()],
    ['is stopped', async () => (await scene.startKeyring()).kill('SIGSTOP')],
    ['never answers', () => scene.bus.startSilentService('org.freedesktop.secrets')],
    ['is locked', () => lockedKeyring('fail')],
    ['is locked and its prompt is never answered', () => lockedKeyring('hang')],
  ] as const) {
    it(`costs one warning, but neither the result nor the end of the call, when it ${what}`, async () => {
      await break_()
      const first = await run(creds)
      isOneDocument(first)
      expect(first.stderr.match(/^Warning: .+$/gm), first.stderr).to.have.length(1)
      expect(first.stderr).to.match(/^Warning: .+ refresh tokens are stored in plain text in .+ "cache: file"/m)
      expect(await forms()).to.deep.equal(['none'])
      expect(await run(creds)).to.include({exitCode: 0, stdout: first.stdout, stderr: ''})
      expect(await scene.sandbox.signIns()).to.equal(1)
    })

    it(`is an error before any request when it is configured and ${what}`, async () => {
      await break_()
      await strict()
      const {exitCode, stdout, stderr} = await run(creds)
      expect({exitCode, stdout}).to.deep.equal({exitCode: 6, stdout: ''})
      expect(stderr).to.match(/^Error: The cache "keyring" can't be used: .+\nTry: .*"cache: file"/)
      expect(await scene.sandbox.journal()).to.deep.equal([])
    })
  }

  /** A keyring that has been used, and keeps nothing of ours but its key; then it is locked. */
  async function lockedKeyring(prompts: 'hang' | 'fail'): Promise<void> {
    const keyring = await scene.startKeyring()
    await run(creds)
    await run(['cache', 'clear', '--provider', 'sandbox'])
    await scene.sandbox.reset()
    await scene.lockAgain(keyring, prompts)
  }

  /** The user is signed in, everything is sealed, and the keyring hangs. */
  async function hangingBefore(profiles = {}): Promise<void> {
    await scene.home.configure({top: {cache: 'auto'}, profiles})
    const keyring = await scene.startKeyring()
    for (const profile of ['developer', ...Object.keys(profiles)]) await run(['creds', '-p', profile])
    expect(await forms()).to.deep.equal(['A256GCM'])
    await scene.lockAgain(keyring, 'hang')
  }

  it('makes twenty calls at once wait for it once: one warning, one sign-in, the same credentials', async () => {
    await scene.bus.startSilentService('org.freedesktop.secrets')
    const endings = await Promise.all(Array.from({length: 20}, () => run(creds)))
    for (const ending of endings) isOneDocument(ending)
    expect(new Set(endings.map(({stdout}) => stdout)).size).to.equal(1)
    const warnings = endings.flatMap(({stderr}) => stderr.match(/^Warning: .+$/gm) ?? [])
    expect(warnings, warnings.join('\n')).to.have.length(1)
    const journal = await scene.sandbox.journal()
    expect(journal.filter(({kind}) => kind === 'sts')).to.have.length(1)
  })

  for (const [args, exitCode, shown] of [
    [creds, 0, /^\{"Version":1,.*\}\n$/],
    [[...creds, '--no-interactive'], 3, /^$/],
    [['login', '-p', 'developer'], 0, /^Signed in as alice@example\.com at sandbox\.\n.+\n$/],
    [['whoami', '-p', 'developer'], 0, /^Account +123456789012\n.+\n.+\n$/],
    [['status'], 0, /^Cache: .+[\s\S]*\nadmin .+\n$/],
    [['status', '--check'], 3, /^Cache: .+[\s\S]*\nadmin .+\n$/],
    [
      ['logout'],
      0,
      /^A user without a name is signed out of sandbox\.\nThe remembered sign-in can't be read\. So nothing was revoked at sandbox\./,
    ],
    [
      ['cache', 'clear'],
      0,
      /^Removed sign-ins to: sandbox\.\nRemoved credentials of: .+\.\nEvery cache is empty now\.\n$/,
    ],
    [['cache', 'info'], 0, /^Cache [\s\S]*\nProfile {2}admin: .+\n$/],
  ] as const) {
    it(`does not prevent the end, the exit code or the output of "${args.join(' ')}"`, async () => {
      await hangingBefore()
      const start = Date.now()
      const ending = await run(args)
      expect(ending.exitCode, ending.stderr).to.equal(exitCode)
      expect(ending.stdout).to.match(shown)
      expect(Date.now() - start).to.be.lessThan(inTime)
    })
  }

  it('leaves threads to read files, however many entries wait for it', async () => {
    const names = Array.from({length: 6}, (_, index) => `role-${index}`)
    const profile = (sessionName: string) => ({
      provider: 'sandbox',
      role: 'arn:aws:iam::123456789012:role/developer',
      sessionName,
    })
    await hangingBefore(Object.fromEntries(names.map(name => [name, profile(name)])))
    const {exitCode, stdout} = await run(['status'])
    expect(exitCode).to.equal(0)
    expect(stdout).to.include('role-5')
  })

  it('does not cut the result although its reader comes late', async () => {
    await hangingBefore()
    await scene.sandbox.reset()
    const {home, sandbox, bus} = scene
    const go = join(home.folder, 'go')
    // Another program fills the pipe before; it is not read before the result is there.
    const shell = `{ node -e '
      const fs = require("node:fs")
      const fd = fs.openSync("/proc/self/fd/1", fs.constants.O_WRONLY | fs.constants.O_NONBLOCK)
      try { for (;;) fs.writeSync(fd, "x".repeat(4096)) } catch {}
      try { for (;;) fs.writeSync(fd, "x") } catch {}
      '; "$@"; echo "exit $?" >&2; } | { until [ -e "${go}" ]; do sleep 0.1; done; cat; }`
    const start = Date.now()
    const ended = runAs(creds, {env: {...variablesOf(home, sandbox), ...bus.env}, shell})
    await until('AWS has answered', async () => (await sandbox.journal()).some(({kind}) => kind === 'sts'))
    await until('it has kept the credentials', async () => {
      const plain = (await envelopes()).filter(({enc}) => enc === 'none')
      return plain.length >= 3
    })
    await writeFile(go, '')
    const {stdout, stderr} = await ended
    expect(stderr).to.match(/\nexit 0\n$/)
    expect(Date.now() - start).to.be.lessThan(inTime)
    isOneDocument({exitCode: 0, signal: null, stdout: stdout.replace(/^x+/, ''), stderr: ''})
  })

  it('is given up at once on Ctrl-C, by a user who will not type its password', async () => {
    await hangingBefore()
    const {home, sandbox, bus} = scene
    const session = startOnTerminal(creds, {env: {...variablesOf(home, sandbox), ...bus.env}})
    await session.until('Waiting for the keyring of this system; it may be asking for its password')
    const start = Date.now()
    session.type('\u0003')
    expect(await session.ended).to.deep.equal({exitCode: 130, restored: true})
    expect(Date.now() - start).to.be.lessThan(inTime)
    expect(session.shown()).not.to.include('Error').and.not.include('Warning')
  })

  it('is given up when the process receives SIGTERM', async () => {
    await hangingBefore()
    // In words that are left to the whole program, which alone asks a keyring that is locked.
    const {child, ended} = scene.start([...creds, '--format', 'process'])
    await until('it has loaded what asks the keyring', () => hasLoaded(child, 'keyring.linux'))
    child.kill('SIGTERM')
    expect(await ended).to.include({exitCode: 143, stdout: '', stderr: ''})
  })

  for (const prompts of ['hang', 'fail'] as const) {
    it(`lets logout and cache clear remove entries when it is configured and ${prompts}s`, async () => {
      await strict()
      const keyring = await scene.startKeyring()
      await run(['login', '-p', 'developer'])
      await scene.lockAgain(keyring, prompts)
      const {exitCode, stdout} = await run(['logout'])
      expect(exitCode).to.equal(0)
      expect(stdout)
        .to.include('The cache "keyring" can\'t be used: ')
        .and.include('So nothing was revoked at sandbox. Everything kept here is removed.')
      expect(await envelopes()).to.deep.equal([])
      expect(await run(['cache', 'clear'])).to.include({exitCode: 0})
    })
  }

  it('for a moment only needs no new sign-in: a minute later it is asked again, by programs too', async () => {
    const keyring = await scene.startKeyring()
    const first = await run(creds)
    keyring.kill('SIGSTOP')
    const unattended = {AWS_OIDC_INTERACTIVE: 'never'}
    expect(await run(creds, unattended)).to.include({exitCode: 3, stdout: ''})
    keyring.kill('SIGCONT')
    const note = join(scene.home.cache, 'cache.json')
    const aMinuteAgo = new Date(Date.now() - 61_000).toISOString()
    await writeFile(note, (await readFile(note, 'utf8')).replace(/"at":"[^"]+"/, `"at":"${aMinuteAgo}"`))
    expect(await run(creds, unattended)).to.include({exitCode: 0, stdout: first.stdout, stderr: ''})
    expect(await scene.sandbox.signIns()).to.equal(1)
  })
})
