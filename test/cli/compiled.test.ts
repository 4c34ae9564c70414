import {chmod, chown, lstat, mkdir, readdir, rename, rm, symlink, utimes, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {expect} from 'chai'
import {nobody, root} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

describe('compiled code', () => {
  const scene = useScene()
  const folder = () => join(scene.home.cache, 'compiled')

  before(function () {
    if (process.platform === 'win32') this.skip()
  })

  /** What a call keeps in the folder. */
  async function kept(env = {}): Promise<readonly string[]> {
    const {exitCode, stdout, stderr} = await scene.home.run(['--version'], {NODE_COMPILE_CACHE: undefined, ...env})
    expect(exitCode, stderr).to.equal(0)
    expect(stdout).to.match(/^aws-oidc\/\d/)
    return readdir(folder(), {recursive: true}).catch(() => [])
  }

  it('is kept beside the caches, in a folder that only its owner can open', async () => {
    await mkdir(scene.home.cache, {recursive: true, mode: 0o700})
    expect(await kept()).not.to.deep.equal([])
    expect((await lstat(folder())).mode & 0o777).to.equal(0o700)
  })

  it('is not kept where nothing else is kept', async () => {
    expect(await kept()).to.deep.equal([])
    expect(await readdir(scene.home.folder)).not.to.include('.cache')
  })

  it('is neither read from nor written to a folder that others can open', async () => {
    await mkdir(folder(), {recursive: true, mode: 0o700})
    await chmod(folder(), 0o750)
    expect(await kept()).to.deep.equal([])
  })

  it('nor below a folder that others can open, and in which they could replace it', async () => {
    await mkdir(folder(), {recursive: true, mode: 0o700})
    await chmod(scene.home.cache, 0o770)
    expect(await kept()).to.deep.equal([])
  })

  it('nor through a link', async () => {
    await mkdir(folder(), {recursive: true, mode: 0o700})
    await rename(folder(), `${folder()}.real`)
    await symlink(`${folder()}.real`, folder())
    expect(await kept()).to.deep.equal([])
    await rm(folder())
    await rename(scene.home.cache, `${scene.home.cache}.real`)
    await symlink(`${scene.home.cache}.real`, scene.home.cache)
    expect(await kept()).to.deep.equal([])
  })

  it('nor in a folder of another user', async function () {
    if (!root) this.skip()
    await mkdir(folder(), {recursive: true, mode: 0o700})
    await chown(folder(), nobody, nobody)
    expect(await kept()).to.deep.equal([])
    await chown(folder(), 0, 0)
    await chown(scene.home.cache, nobody, nobody)
    expect(await kept()).to.deep.equal([])
    await chown(scene.home.cache, 0, 0)
    await chown(dirname(scene.home.cache), nobody, nobody)
    expect(await kept(), 'where they could exchange ours').to.deep.equal([])
  })

  it('is cleaned of unfinished files, as of a full disk, and of what an earlier Node has left', async () => {
    await mkdir(scene.home.cache, {recursive: true, mode: 0o700})
    await kept()
    const [own = ''] = await readdir(folder())
    const files = await readdir(join(folder(), own))
    const [hour, month] = [60 * 60_000, 31 * 24 * 60 * 60_000].map(age => new Date(Date.now() - age))
    for (const name of ['v22.1.0-x64-01234567-0', 'v24.99.0-x64-01234567-0']) {
      await mkdir(join(folder(), name))
      await writeFile(join(folder(), name, '01234567'), '')
    }
    for (const name of ['01234567.AbCdEf', '76543210.AbCdEf']) await writeFile(join(folder(), own, name), '')
    await utimes(join(folder(), own, '01234567.AbCdEf'), hour ?? '', hour ?? '')
    await utimes(join(folder(), 'v22.1.0-x64-01234567-0'), month ?? '', month ?? '')
    await kept()
    expect(await readdir(folder())).to.have.members([own, 'v24.99.0-x64-01234567-0'])
    expect(await readdir(join(folder(), own))).to.have.members([...files, '76543210.AbCdEf'])
  })

  it('is kept where NODE_COMPILE_CACHE says, if it is set', async () => {
    await mkdir(folder(), {recursive: true, mode: 0o700})
    const chosen = join(scene.home.folder, 'chosen')
    expect(await kept({NODE_COMPILE_CACHE: chosen})).to.deep.equal([])
    expect(await readdir(chosen)).not.to.deep.equal([])
  })
})
