import {chmod, chown, mkdir, readdir, rm, stat, utimes, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {expect} from 'chai'
import {installLauncher} from '../../src/fast-path/launcher.ts'
import {systemFiles} from '../../src/outside/files/files.ts'
import {seesExchanges} from '../support/exchange-suite.ts'
import {isHit, useHotScene} from '../support/hot.ts'
import {readsHotCopies} from '../support/hot-copy-suite.ts'
import {nobody, root, runAs} from '../support/machine.ts'
import {raceFor} from '../support/swap-race.ts'

describe('the launcher, given a hot copy,', () => {
  readsHotCopies(['sh'])
  seesExchanges(['sh'])
})

describe('the launcher', () => {
  const scene = useHotScene(['sh'])
  for (const kind of ['low', 'high']) {
    it(`uses no copy whose stamps (${kind}) are missing or belong to another user`, async () => {
      const stamp = join(scene.folder, (await readdir(scene.folder)).find(name => name.endsWith(kind)) ?? '')
      const {mtime} = await stat(stamp)
      await rm(stamp)
      expect(isHit(await scene.call())).to.equal(false)
      // That call has made all of it again.
      await scene.markCopy()
      expect(isHit(await scene.call())).to.equal(true)
      if (!root) return
      await chown(stamp, nobody, nobody)
      expect((await stat(stamp)).mtime).to.deep.equal(mtime)
      expect(isHit(await scene.call())).to.equal(false)
    })
  }

  it('uses no copy of another user, who swaps it with ours between two checks', async function () {
    if (!root) this.skip()
    expect(await raceFor(100, scene)).to.include({lost: 0})
  })

  it('uses no copy from the future', async () => {
    await utimes(scene.folder, new Date(), new Date(Date.now() + 60_000))
    expect(isHit(await scene.call())).to.equal(false)
  })

  it('passes all arguments on unchanged', async () => {
    const {exitCode, stderr} = await scene.call({args: ['creds', '--profile', 'two  words ; $(exit) *']})
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('There is no profile "two  words ; $(exit) *"')
  })
})

describe('the installation of the launcher', () => {
  const scene = useHotScene(['sh'])
  const deps = () => ({
    platform: 'linux' as const,
    dataFolder: join(scene.home.folder, 'data'),
    files: systemFiles,
    log: {debug: () => undefined, info: () => undefined, warn: () => undefined},
  })

  /** Programs that say by which name and with which arguments they were started. */
  async function plantProgram(folder: string, name: string): Promise<string> {
    await mkdir(folder, {recursive: true})
    const path = join(folder, name)
    await writeFile(path, '#!/bin/sh\nprintf "%s|" "$0" "$@"\n')
    await chmod(path, 0o755)
    return path
  }

  async function installed(folder: string): Promise<{launcher: string; node: string; script: string}> {
    const node = await plantProgram(folder, 'node')
    const script = join(folder, 'bin/run.js')
    const template = 'dist/bundle/launcher.sh'
    for (const path of [script, join(folder, template)]) await mkdir(dirname(path), {recursive: true})
    await writeFile(script, '')
    await writeFile(
      join(folder, template),
      (await systemFiles.readText(join(scene.installation.folder, template))) ?? '',
    )
    return {launcher: (await installLauncher([node, script], deps())) ?? '', node, script}
  }

  const start = (launcher: string, PATH: string, args = 'status') =>
    runAs([], {env: {PATH: process.env.PATH}, shell: `PATH='${PATH}' exec '${launcher}' ${args}`})

  it('writes a program for its owner alone, which starts the given Node and script, whatever their names', async () => {
    const {launcher, node, script} = await installed(join(scene.home.folder, `it's "$HOME" $& \`x\` \\ é`))
    expect(launcher).to.equal(join(deps().dataFolder, 'bin/aws-oidc'))
    expect((await stat(launcher)).mode & 0o777).to.equal(0o700)
    expect(await start(launcher, '/nowhere')).to.include({exitCode: 0, stderr: '', stdout: `${node}|${script}|status|`})
  })

  it('writes a launcher that finds aws-oidc on the PATH where those have moved, and never starts itself', async () => {
    const {launcher, node, script} = await installed(join(scene.home.folder, 'first'))
    const other = await plantProgram(join(scene.home.folder, 'other'), 'aws-oidc')
    const PATH = `${join(deps().dataFolder, 'bin')}:/nowhere:${join(scene.home.folder, 'other')}`
    for (const moved of [script, node]) {
      await rm(moved)
      expect(await start(launcher, PATH, "creds -p 'a  b'")).to.include({
        exitCode: 0,
        stdout: `${other}|creds|-p|a  b|`,
      })
    }
    const {exitCode, stdout, stderr} = await start(launcher, join(deps().dataFolder, 'bin'))
    expect({exitCode, stdout}).to.deep.equal({exitCode: 1, stdout: ''})
    expect(stderr).to.match(
      /^Error: .*run\.js.*\nTry: aws-oidc profiles sync \(after installing aws-oidc again, if it is gone\)\n$/,
    )
  })

  it('writes none where it could not be used: not on Linux, without a folder, or where the folder can not be written', async () => {
    const own = [process.execPath, scene.installation.program] as const
    expect(await installLauncher(own, {...deps(), platform: 'darwin'})).to.equal(undefined)
    expect(await installLauncher(own, {...deps(), dataFolder: undefined})).to.equal(undefined)
    expect(await installLauncher(own, {...deps(), dataFolder: '/proc/aws-oidc'})).to.equal(undefined)
  })

  it('leaves none on a disk that is mounted with noexec', async function () {
    if (!root) this.skip()
    const code = `
      import {installLauncher} from '${join(scene.installation.folder, 'dist/fast-path/launcher.js')}'
      import {systemFiles as files} from '${join(scene.installation.folder, 'dist/outside/files/files.js')}'
      import {readdirSync} from 'node:fs'
      const log = {debug: console.log}
      const parts = {platform: 'linux', dataFolder: '/mnt/data', files, log}
      console.log(await installLauncher([process.execPath, '${scene.installation.program}'], parts), readdirSync('/mnt/data/bin'))`
    const script = join(scene.home.folder, 'install.mjs')
    await writeFile(script, code)
    const shell = `exec unshare --mount sh -c 'mount -t tmpfs -o noexec none /mnt && exec "$@"' sh "$@"`
    const {stdout, stderr} = await runAs([], {env: {PATH: process.env.PATH}, shell, program: script})
    if (/unshare|mount:/.test(stderr)) this.skip()
    expect(stdout, stderr).to.equal('/mnt/data/bin/aws-oidc could not be started\nundefined []\n')
  })
})
