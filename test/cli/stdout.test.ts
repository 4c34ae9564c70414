import {closeSync, openSync} from 'node:fs'
import {readdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {fillsPipe} from '../support/full-pipe.ts'
import {isLocked, runAs, variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'
import {until} from '../support/until.ts'

const creds = ['creds', '--profile', 'developer']
const posix = process.platform !== 'win32'

describe('creds whose stdout accepts nothing', () => {
  const scene = useScene()
  const through = (shell: string, args = creds) =>
    runAs(args, {env: variablesOf(scene.home, scene.sandbox), shell, stdio: ['ignore', 'pipe', 'pipe']})
  beforeEach(async function () {
    if (!posix) this.skip()
    await scene.home.run(creds)
  })

  it('because its reader has gone is exit 1, silently', async () => {
    expect(await through('{ "$@"; echo "exit $?" >&2; } | head -c0')).to.include({stdout: '', stderr: 'exit 1\n'})
  })

  it('because it is closed is exit 0, as Node can’t tell it from /dev/null', async () => {
    expect(await through('"$@" >&-')).to.include({exitCode: 0, stdout: '', stderr: ''})
  })

  it('because the disk is full is exit 1 with one line', async function () {
    if (process.platform !== 'linux') this.skip()
    const {exitCode, stderr} = await through('"$@" >/dev/full')
    expect(exitCode).to.equal(1)
    expect(stderr).to.match(/^Error: .*ENOSPC.*\n$/)
  })

  it('because /dev/null was wanted is exit 0', async () => {
    expect(await through('"$@" >/dev/null')).to.include({exitCode: 0, stdout: '', stderr: ''})
  })

  it('with stderr closed too, works and fails as before', async () => {
    expect(await through('"$@" 2>&-')).to.include({exitCode: 0})
    expect(await through('"$@" >&- 2>&-')).to.include({exitCode: 0, stdout: ''})
    expect(await through('"$@" >/dev/full 2>&-')).to.include({exitCode: 1, stdout: ''})
    expect(await through('"$@" 2>&-', ['creds', '-p', 'nobody'])).to.include({exitCode: 2, stdout: ''})
    expect(await through('"$@" 2>/dev/full', ['creds', '-p', 'nobody'])).to.include({exitCode: 2, stdout: ''})
  })

  it('because its reader is late (a pipe that does not block) waits for the reader', async function () {
    if (process.platform !== 'linux') this.skip()
    const {stdout, stderr} = await through(`{ ${fillsPipe}; "$@"; } | { sleep 1.5; cat; }`)
    expect(stderr).to.equal('')
    isOneDocument({exitCode: 0, signal: null, stdout: stdout.replace(/^x+/, ''), stderr})
  })

  it('because its reader is late holds no lock meanwhile: other calls get the same credentials', async function () {
    if (process.platform !== 'linux') this.skip()
    const {home, sandbox} = scene
    await home.run(['cache', 'clear'])
    await sandbox.reset()
    const go = join(home.folder, 'go')
    const ended = through(
      `{ ${fillsPipe}; "$@"; echo "exit $?" >&2; } | { until [ -e "${go}" ]; do sleep 0.1; done; cat; }`,
    )
    try {
      await until('it has kept the credentials', async () => (await home.entries()).length >= 4)
      const folder = join(home.cache, 'locks')
      const locks = (await readdir(folder)).filter(name => !name.includes('-')).map(name => join(folder, name))
      await until('the locks are free', () => !locks.some(isLocked), 10_000)
      expect(await home.run(creds)).to.include({exitCode: 0, stderr: ''})
    } finally {
      await writeFile(go, '')
    }
    const {stdout, stderr} = await ended
    expect(stderr).to.match(/exit 0\n$/)
    isOneDocument({exitCode: 0, signal: null, stdout: stdout.replace(/^x+/, ''), stderr: ''})
    expect(await sandbox.signIns()).to.equal(1)
  })
})

describe('a stdout that is /dev/null, opened for reading and writing as a supervisor does', () => {
  const scene = useScene()
  beforeEach(function () {
    if (process.platform !== 'linux') this.skip()
  })

  async function withNull(args: readonly string[]) {
    const device = openSync('/dev/null', 'r+')
    try {
      return await runAs(args, {env: variablesOf(scene.home, scene.sandbox), stdio: ['ignore', device, 'pipe']})
    } finally {
      closeSync(device)
    }
  }

  for (const args of [
    creds,
    [...creds, '--format', 'env'],
    ['login', '-p', 'developer'],
    ['whoami', '-p', 'developer'],
    ['whoami', '-p', 'developer', '--json'],
    ['cache', 'info'],
    ['cache', 'clear'],
  ]) {
    it(`is enough for ${args.join(' ')}`, async () => {
      const {exitCode, stderr} = await withNull(args)
      expect(exitCode, stderr).to.equal(0)
      expect(stderr).not.to.include('Error')
    })
  }

  it('hides no failure: it is reported on stderr', async () => {
    const {exitCode, stderr} = await withNull(['whoami', '-p', 'nobody'])
    expect(exitCode).to.equal(2)
    expect(stderr).to.match(/^Error: .*nobody/)
  })
})
