import {execFileSync} from 'node:child_process'
import {chmod, mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {bin} from '../support/home.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '-p', 'developer']
const confidential = {clientId: 'aws-oidc-confidential'}

/** What an AWS tool that starts us tells its children. */
const told = {AWS_PROFILE: 'developer', AWS_DEFAULT_PROFILE: 'developer'}

describe('aws-oidc, started as credential_process of the profile in its own environment,', () => {
  const scene = useScene()
  const inHome = (name: string) => join(scene.home.folder, name)

  /** A command that records its environment, and then does what `then` says. */
  const noting = (name: string, then: string) => ['/bin/sh', '-c', `env >"$HOME/${name}"; ${then}`, 'sh']

  before(function () {
    if (process.platform === 'win32') this.skip()
  })

  it('passes that profile to no configured browser', async () => {
    const {home} = scene
    const browse = `exec "$1" "$2" browse "$3"`
    const [node = '', sandbox = ''] = [process.execPath, join(bin, '../../plugins/sandbox/bin/run.js')]
    await home.configure({top: {browser: [...noting('seen', browse), node, sandbox]}})
    expect(await home.run(creds, told)).to.include({exitCode: 0})
    expectNoProfile(await readFile(inHome('seen'), 'utf8'))
  })

  it('passes that profile to no browser of the system', async function () {
    if (process.platform !== 'linux') this.skip()
    const {home, sandbox} = scene
    await home.configure({top: {browser: undefined}})
    // xdg-open starts this one on a desktop that it does not know, where no application is registered.
    const folder = inHome('bin')
    await mkdir(folder)
    const browser = join(folder, 'x-www-browser')
    const sandboxBin = join(bin, '../../plugins/sandbox/bin/run.js')
    await writeFile(browser, `#!/bin/sh\nenv >"$HOME/seen"\nexec '${process.execPath}' '${sandboxBin}' browse "$1"\n`)
    await chmod(browser, 0o700)
    const env = {...told, DISPLAY: ':99', XDG_DATA_DIRS: '/nonexistent', PATH: `${folder}:/usr/bin:/bin`}
    const {exitCode, stderr} = await home.run(creds, env)
    expect(exitCode, stderr).to.equal(0)
    expect(await sandbox.signIns()).to.equal(1)
    expectNoProfile(await readFile(inHome('seen'), 'utf8'))
  })

  it('passes that profile to no command for a secret, which may call AWS', async () => {
    const {home} = scene
    await home.configure({
      provider: {...confidential, clientSecret: {command: noting('seen', 'echo sandbox-"client"-secret')}},
    })
    expect(await home.run(creds, told)).to.include({exitCode: 0})
    expectNoProfile(await readFile(inHome('seen'), 'utf8'))
  })

  it('still uses the profile of that environment', async () => {
    expect(await scene.home.run(['creds'], told)).to.include({exitCode: 0})
  })

  for (const [where, cache] of [
    ['', {}],
    [' where no lock can be made', {XDG_CACHE_HOME: '/dev/null/nowhere'}],
  ] as const) {
    it(`fails within seconds when the command for a secret calls it for the same provider${where}`, async () => {
      const {home, sandbox} = scene
      const again = noting('seen', `echo >>"$HOME/starts"; "$1" "$2" creds -p developer 2>"$HOME/said"`)
      await home.configure({provider: {...confidential, clientSecret: {command: [...again, process.execPath, bin]}}})
      const begun = Date.now()
      const {exitCode, stdout, stderr} = await home.run(creds, {...told, ...cache})
      expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 2, stdout: ''})
      expect(Date.now() - begun, 'milliseconds').to.be.lessThan(20_000)
      expect(await readFile(inHome('starts'), 'utf8')).to.equal('\n')
      expect(await readFile(inHome('said'), 'utf8')).to.match(/^Error: .*same provider.*\nTry: .*AWS profile/m)
      expect(await sandbox.signIns()).to.equal(0)
    })
  }

  it('reads no file that AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE names', async () => {
    const files = {AWS_CONFIG_FILE: inHome('aws-config'), AWS_SHARED_CREDENTIALS_FILE: inHome('aws-credentials')}
    // A program that opens one of these for reading waits forever for a writer.
    execFileSync('mkfifo', Object.values(files))
    for (const args of [['creds', '-p', 'admin'], ['whoami'], ['whoami', '-p', 'admin']]) {
      const {exitCode, stderr} = await scene.home.run(args, {...told, ...files})
      expect(exitCode, stderr).to.equal(0)
    }
  })
})

function expectNoProfile(environment: string): void {
  expect(environment).to.match(/^HOME=/m)
  expect(environment).not.to.match(/^AWS_(DEFAULT_)?PROFILE=/m)
}
