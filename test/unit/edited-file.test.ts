import {execFileSync, spawn} from 'node:child_process'
import {lstat, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {editedFiles} from '../../src/outside/files/edited-file.ts'
import {editConfiguration} from '../../src/settings/edit.ts'
import {makeStage} from '../support/dependencies.ts'

describe('a file that the user edits too', () => {
  let folder: string
  const path = () => join(folder, 'config.yaml')
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-edited-'))
  })
  afterEach(() => rm(folder, {recursive: true}))

  it('is not replaced when it was changed, created or deleted since it was read', async () => {
    await writeFile(path(), 'theirs\n')
    expect(await editedFiles.replace(path(), 'old\n', 'ours\n')).to.equal(false)
    expect(await editedFiles.replace(path(), undefined, 'ours\n')).to.equal(false)
    expect(await readFile(path(), 'utf8')).to.equal('theirs\n')
    expect(await editedFiles.replace(join(folder, 'gone'), 'old\n', 'ours\n')).to.equal(false)
    expect(await readdir(folder)).to.deep.equal(['config.yaml'])
  })

  it('is made at the target of a dangling link', async () => {
    await symlink('other.yaml', path())
    expect(await editedFiles.replace(path(), undefined, 'ours\n')).to.equal(true)
    expect(await readlink(path())).to.equal('other.yaml')
    expect(await readFile(join(folder, 'other.yaml'), 'utf8')).to.equal('ours\n')
  })

  it('can be read where it is a pipe, and is then not replaced', async function () {
    if (process.platform === 'win32') this.skip()
    execFileSync('mkfifo', [path()])
    spawn('sh', ['-c', `echo theirs >'${path()}'`], {stdio: 'ignore'})
    const before = await editedFiles.read(path())
    expect(before).to.equal('theirs\n')
    const failure = await editedFiles.replace(path(), before, 'ours\n').catch((error: unknown) => error)
    expect(failure).to.include({
      code: 'OUTPUT_FAILED',
      message: `${path()} is not a regular file, so it was not changed.`,
    })
    expect((await lstat(path())).isFIFO()).to.equal(true)
  })

  it('keeps what another program writes between our read and our write, and gets our change too', async () => {
    await writeFile(path(), 'cache: file\n')
    let reads = 0
    const files = {
      ...editedFiles,
      async read(name: string) {
        const text = await editedFiles.read(name)
        if (++reads === 1) await writeFile(path(), 'cache: memory # theirs\n')
        return text
      },
    }
    const {locks, signal} = makeStage().call()
    const entry = {strategy: 'oidc'}
    await editConfiguration(() => [{kind: 'add', list: 'providers', name: 'corp', entry}], {
      path: path(),
      files,
      locks,
      signal,
    })
    expect(await readFile(path(), 'utf8')).to.equal('cache: memory # theirs\nproviders:\n  corp:\n    strategy: oidc\n')
  })

  it('is an error when another program changes it again and again', async () => {
    const {locks, signal} = makeStage().call()
    const files = {...editedFiles, replace: async () => false}
    const change = editConfiguration(() => [{kind: 'add', list: 'providers', name: 'a', entry: {strategy: 'oidc'}}], {
      path: path(),
      files,
      locks,
      signal,
    })
    const failure = await change.catch((error: unknown) => error)
    expect(failure).to.have.property('code', 'OUTPUT_FAILED')
  })
})
