import {lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {systemTrees} from '../../src/outside/files/trees.ts'

describe('folders that are put in place as a whole', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-trees-'))
  })
  afterEach(() => rm(folder, {recursive: true, force: true}))

  const link = () => join(folder, 'modules')
  async function tree(name: string): Promise<string> {
    const path = join(folder, 'trees', name, 'modules')
    await mkdir(join(path, 'bin'), {recursive: true})
    await writeFile(join(path, 'name'), name)
    return path
  }

  it('follow one another behind a link, of which nothing else is left', async () => {
    expect(await systemTrees.whereLeads(link())).to.equal(undefined)
    for (const name of ['one', 'two']) {
      await systemTrees.lead(link(), await tree(name))
      expect(await readFile(join(link(), 'name'), 'utf8')).to.equal(name)
    }
    expect(await systemTrees.whereLeads(link())).to.include(join('two', 'modules'))
    expect((await readdir(folder)).toSorted()).to.deep.equal(['modules', 'trees'])
    await systemTrees.keepOnly(join(folder, 'trees'), ['two'])
    expect(await readdir(join(folder, 'trees'))).to.deep.equal(['two'])
    await systemTrees.keepOnly(join(folder, 'nowhere'), [])
  })

  it('take the place of a folder as npm makes it, which can then be removed', async () => {
    await mkdir(join(link(), 'old'), {recursive: true})
    await systemTrees.lead(link(), await tree('one'))
    expect((await lstat(link())).isSymbolicLink()).to.equal(true)
    expect(await readdir(join(folder, 'trees/earlier'))).to.deep.equal(['old'])
  })

  it('are copied from behind a link, with the links inside as they are', async function () {
    if (process.platform === 'win32') this.skip()
    const one = await tree('one')
    await symlink('../name', join(one, 'bin/name'))
    await systemTrees.lead(link(), one)
    const copy = join(folder, 'copy')
    await systemTrees.copy(link(), copy)
    expect((await lstat(copy)).isDirectory()).to.equal(true)
    expect(await readlink(join(copy, 'bin/name'))).to.equal('../name')
    await systemTrees.copy(join(folder, 'nowhere'), join(folder, 'second'))
    expect(await readdir(folder)).not.to.include('second')
  })
})
