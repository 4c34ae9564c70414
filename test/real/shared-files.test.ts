import {execFile} from 'node:child_process'
import {mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {expect} from 'chai'
import {editedFiles} from '../../src/outside/files/edited-file.ts'
import {systemSharedFiles} from '../../src/outside/files/shared-files.ts'

const run = promisify(execFile)

describe('a file with an access list and an attribute of its own', () => {
  let folder = ''
  const path = () => join(folder, 'config')
  const accessList = async () => (await run('getfacl', ['--omit-header', '--absolute-names', path()])).stdout.trim()
  const attribute = async () => (await run('getfattr', ['--only-values', '--name', 'user.note', path()])).stdout

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-access-'))
    await writeFile(path(), 'before', {mode: 0o600})
    await run('setfacl', ['--modify', 'user:1234:r', path()])
    await run('setfattr', ['--name', 'user.note', '--value', 'mine', path()])
  })
  afterEach(() => rm(folder, {recursive: true}))

  it('keeps both when it is replaced, and its group gains nothing', async () => {
    const [list, {ino}] = [await accessList(), await stat(path())]
    expect(await systemSharedFiles.replace(path(), 'before', 'after', `${path()}.backup`)).to.equal('replaced')
    expect(await readFile(path(), 'utf8')).to.equal('after')
    expect([await accessList(), await attribute()]).to.deep.equal([list, 'mine'])
    expect(list).to.include('user:1234:r--').and.include('group::---')
    expect((await stat(path())).ino, 'another file').to.not.equal(ino)
  })

  it('is written in place where cp can not copy them', async () => {
    const [list, {ino}, {PATH}] = [await accessList(), await stat(path()), process.env]
    try {
      process.env.PATH = folder
      expect(await systemSharedFiles.replace(path(), 'before', 'new', `${path()}.backup`)).to.equal('replaced')
    } finally {
      process.env.PATH = PATH
    }
    expect(await readFile(path(), 'utf8')).to.equal('new')
    expect([await accessList(), await attribute()]).to.deep.equal([list, 'mine'])
    expect((await stat(path())).ino).to.equal(ino)
    expect(await readdir(folder)).to.have.members(['config', 'config.backup'])
  })

  it('is closed to all others where it is our configuration, and keeps the attribute', async () => {
    expect(await editedFiles.replace(path(), 'before', 'after')).to.equal(true)
    expect(await accessList()).to.include('mask::---')
    expect(await attribute()).to.equal('mine')
  })
})
