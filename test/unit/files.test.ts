import {chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {fileLocks} from '../../src/coordination/lock.ts'
import {systemFiles} from '../../src/outside/files/files.ts'

const {replacePrivate, touchPrivate, identify} = systemFiles

describe('a small file of the host', () => {
  let folder = ''
  let [path, elsewhere] = ['', '']
  beforeEach(async function () {
    if (process.platform === 'win32') this.skip()
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-files-'))
    path = join(folder, 'state/provider.json')
    elsewhere = join(folder, 'elsewhere')
    await mkdir(join(folder, 'state'), {mode: 0o700})
  })
  afterEach(() => rm(folder, {recursive: true, force: true}))

  const modeOf = async (of: string) => ((await lstat(of)).mode & 0o777).toString(8)

  it('takes the place of a link, whose target stays as it is', async () => {
    await writeFile(elsewhere, 'of somebody', {mode: 0o644})
    await symlink(elsewhere, path)
    await replacePrivate(path, 'ours')
    expect((await lstat(path)).isFile()).to.equal(true)
    expect([await readFile(path, 'utf8'), await modeOf(path)]).to.deep.equal(['ours', '600'])
    expect([await readFile(elsewhere, 'utf8'), await modeOf(elsewhere)]).to.deep.equal(['of somebody', '644'])
  })

  it('stays as it was, with nothing half-written left, when it can not be put in place', async () => {
    await mkdir(path)
    const failure = await replacePrivate(path, 'ours').catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(Error)
    expect(await readdir(join(folder, 'state'))).to.deep.equal(['provider.json'])
  })

  it('that is a lock is closed to others where it was open, and is never a link', async () => {
    await writeFile(path, '', {mode: 0o600})
    await chmod(path, 0o666)
    await touchPrivate(path)
    expect(await modeOf(path)).to.equal('600')

    await rm(path)
    await writeFile(elsewhere, 'of somebody', {mode: 0o644})
    await symlink(elsewhere, path)
    expect(await touchPrivate(path).catch((error: unknown) => error)).to.include({code: 'ELOOP'})
    expect([await readFile(elsewhere, 'utf8'), await modeOf(elsewhere)]).to.deep.equal(['of somebody', '644'])
  })

  it('that is a link in place of a lock costs one warning, not the work', async () => {
    await writeFile(elsewhere, 'of somebody')
    await symlink(elsewhere, path)
    const warnings: string[] = []
    const locks = fileLocks({
      folder: join(folder, 'state'),
      waitedFor: [],
      touch: touchPrivate,
      identify,
      elapsed: () => 0,
      sleep: () => Promise.reject(new Error('nobody waits')),
      log: {debug: () => undefined, info: () => undefined, warn: text => warnings.push(text)},
    })
    const never = new AbortController().signal
    expect(await locks.hold('provider.json', never, async () => 'done')).to.equal('done')
    expect(warnings.join()).to.match(/^No lock could be made \(ELOOP/)
    expect(await readFile(elsewhere, 'utf8')).to.equal('of somebody')
  })
})
