import {existsSync} from 'node:fs'
import {chmod, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {sandboxBin} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'
import {browse, waitForAddress} from '../support/sign-in.ts'

const creds = ['creds', '--profile', 'developer']
// A script with a "#!" line is a program there.
const onPosix = process.platform === 'win32' ? it.skip : it

describe('opening the browser', () => {
  const scene = useScene()

  onPosix('says nothing of a browser elsewhere once it has come back, however long its program goes on', async () => {
    const lingering = `"${process.execPath}" "${sandboxBin}" browse "$1"; sleep 0.3`
    await scene.home.configure({top: {browser: ['sh', '-c', lingering, 'sh']}})
    await scene.sandbox.fault({on: 'sts', delayMs: 1500})
    const {exitCode, stderr} = await scene.home.run(creds, {SSH_CONNECTION: '192.0.2.1 5000 192.0.2.2 22'})
    expect(exitCode, stderr).to.equal(0)
    expect(stderr).to.include('Opening your browser').and.not.include('another machine')
  })

  it('hands the address to the configured program as one argument, with no shell in between', async () => {
    const args = [
      'a b',
      '$(touch pwned)',
      '; touch pwned #',
      '`touch pwned`',
      '*',
      '"',
      "'",
      '%PATH%',
      '&',
      '|',
      '>pwned',
    ]
    const script = await writeBrowser('configured')
    await scene.home.configure({top: {browser: [process.execPath, script, ...args]}})
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode).to.equal(0)
    expect(stderr).to.include('Opening your browser')
    const seen = await seenBy('configured')
    expect(seen.slice(0, -1)).to.deep.equal(args)
    expect(new URL(seen.at(-1) ?? '').searchParams.get('scope')).to.equal('openid email offline_access')
    expect(existsSync(join(scene.home.folder, 'pwned'))).to.equal(false)
  })

  onPosix('starts a program whose path has spaces and shell characters', async () => {
    const program = await writeProgram('my browser; touch pwned & $(touch pwned)')
    await scene.home.configure({top: {browser: program}})
    expect(await scene.home.run(creds)).to.include({exitCode: 0})
    expect(await seenBy('my browser; touch pwned & $(touch pwned)')).to.have.lengthOf(1)
    expect(existsSync(join(scene.home.folder, 'pwned'))).to.equal(false)
  })

  onPosix('takes AWS_OIDC_BROWSER before BROWSER, and that before the configuration', async () => {
    const [own, usual, configured] = [
      await writeProgram('own browser'),
      await writeProgram('usual'),
      await writeProgram('configured'),
    ]
    await scene.home.configure({top: {browser: configured}})
    await scene.home.run(creds, {AWS_OIDC_BROWSER: own, BROWSER: usual})
    expect([hasSeen('own browser'), hasSeen('usual'), hasSeen('configured')]).to.deep.equal([true, false, false])
    await scene.home.run(['login', '--force'], {BROWSER: usual})
    expect([hasSeen('usual'), hasSeen('configured')]).to.deep.equal([true, false])
    await scene.home.run(['login', '--force'], {AWS_OIDC_BROWSER: '', BROWSER: ''})
    expect(hasSeen('configured')).to.equal(true)
  })

  onPosix('takes the whole of BROWSER for the path of a program, not for a command line', async () => {
    await scene.home.configure({top: {browser: [process.execPath, sandboxBin, 'browse']}})
    const {address, ended, child} = await waitForAddress(scene.home, creds, {BROWSER: 'touch pwned; true'})
    await browse(address)
    expect((await ended).exitCode).to.equal(0)
    expect(existsSync(join(scene.home.folder, 'pwned'))).to.equal(false)
    expect(child.exitCode).to.equal(0)
  })

  it("prefers a provider's own program to the one at the top of the file", async () => {
    const [own, top] = [await writeBrowser('of-the-provider'), await writeBrowser('of-the-file')]
    await scene.home.configure({
      top: {browser: [process.execPath, top]},
      provider: {browser: [process.execPath, own]},
    })
    expect(await scene.home.run(creds)).to.include({exitCode: 0})
    expect([hasSeen('of-the-provider'), hasSeen('of-the-file')]).to.deep.equal([true, false])
  })

  for (const [what, browser] of Object.entries({
    'does not exist': ['/no/such/program', '--new-window'],
    'fails at once': [process.execPath, '-e', 'process.exit(3)'],
  })) {
    it(`shows the address and waits for the user when the program ${what}`, async () => {
      await scene.home.configure({top: {browser}})
      const {address, ended} = await waitForAddress(scene.home, creds)
      await browse(address)
      const {exitCode, stderr} = await ended
      expect(exitCode).to.equal(0)
      expect(stderr).to.include('The browser could not be opened').and.to.include('Open the address above yourself')
      expect(await scene.sandbox.signIns()).to.equal(1)
    })
  }

  it('only shows the address with --no-browser', async () => {
    const script = await writeBrowser('configured')
    await scene.home.configure({top: {browser: [process.execPath, script]}})
    for (const args of [creds, ['login', '--force']]) {
      const {address, ended} = await waitForAddress(scene.home, [...args, '--no-browser'])
      await browse(address)
      const {exitCode, stderr} = await ended
      expect(exitCode).to.equal(0)
      expect(stderr).to.include('Open this address in a browser to sign in:')
    }
    expect(hasSeen('configured')).to.equal(false)
  })

  it('only shows the address where there is no desktop and no program is configured', async () => {
    await scene.home.configure({top: {browser: undefined}, provider: {flow: 'browser'}})
    const {address, ended} = await waitForAddress(scene.home, creds)
    await browse(address)
    const {exitCode, stderr} = await ended
    expect(exitCode).to.equal(0)
    expect(stderr).to.include('Open this address in a browser to sign in:')
  })

  const onLinux = process.platform === 'linux' ? it : it.skip
  onLinux("opens the system's browser where none is configured and there is a desktop", async () => {
    await writeProgram('x-www-browser')
    await scene.home.configure({top: {browser: undefined}})
    // Without the desktop entries of this machine, only the program by this name is left.
    const desktop = {DISPLAY: ':99', XDG_DATA_DIRS: '/nowhere', PATH: `${scene.home.folder}:/usr/bin:/bin`}
    expect(await scene.home.run(creds, desktop)).to.include({exitCode: 0})
    expect(await seenBy('x-www-browser')).to.have.lengthOf(1)
  })

  /** A browser for node that notes its arguments and signs in. */
  async function writeBrowser(name: string, firstLine = ''): Promise<string> {
    const path = join(scene.home.folder, name)
    const text = `${firstLine}
      const {writeFileSync} = require('node:fs')
      const {spawnSync} = require('node:child_process')
      writeFileSync(${JSON.stringify(noteOf(name))}, JSON.stringify(process.argv.slice(2)))
      spawnSync(${JSON.stringify(process.execPath)}, [${JSON.stringify(sandboxBin)}, 'browse', process.argv.at(-1)])
    `
    await writeFile(path, text)
    return path
  }

  async function writeProgram(name: string): Promise<string> {
    const path = await writeBrowser(name, `#!${process.execPath}`)
    await chmod(path, 0o755)
    return path
  }

  function noteOf(name: string): string {
    return join(scene.home.folder, `${name}.seen`)
  }

  function hasSeen(name: string): boolean {
    return existsSync(noteOf(name))
  }

  async function seenBy(name: string): Promise<readonly string[]> {
    return JSON.parse(await readFile(noteOf(name), 'utf8')) as readonly string[]
  }
})
