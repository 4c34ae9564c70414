import {mkdtemp, rm, symlink} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {codeMentions} from '../../src/outside/files/code-search.ts'
import {writePackage} from '../support/written-package.ts'

describe('the search for a word in the code of a package', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-code-'))
  })
  afterEach(() => rm(folder, {recursive: true, force: true}))
  const finds = async (files: Readonly<Record<string, string>>) => {
    await writePackage(folder, {name: 'ping'}, files)
    return codeMentions(folder, 'theWord')
  }

  for (const file of ['index.js', 'index.mjs', 'index.cjs', 'dist/a/b/c/index.js']) {
    it(`finds it in ${file}`, async () => {
      expect(await finds({[file]: 'use(theWord)'})).to.equal(true)
    })
  }

  for (const file of ['node_modules/pong/index.js', 'lib/node_modules/pong/index.js', '.cache/index.js', 'index.ts']) {
    it(`leaves ${file} alone`, async () => {
      expect(await finds({[file]: 'use(theWord)', 'index.js': 'use(another)'})).to.equal(false)
    })
  }

  it('reads no file of more than 2 MB, and goes on after it', async () => {
    expect(await finds({'a.js': `theWord${' '.repeat(2 * 1024 * 1024)}`})).to.equal(false)
    expect(await finds({'b.js': 'theWord'})).to.equal(true)
  })

  it('reads at most 500 files', async () => {
    const files = Object.fromEntries(Array.from({length: 501}, (_, at) => [`${String(at).padStart(3, '0')}.js`, 'x']))
    expect(await finds({...files, '500.js': 'theWord'})).to.equal(false)
    expect(await finds({...files, '499.js': 'theWord'})).to.equal(true)
  })

  it('follows no link, and finds nothing where there is no folder', async () => {
    const other = await writePackage(join(folder, 'other'), {}, {'index.js': 'theWord'})
    const linking = await writePackage(join(folder, 'linking'), {})
    await symlink(other, join(linking, 'lib'))
    expect(await codeMentions(linking, 'theWord')).to.equal(false)
    expect(await codeMentions(join(folder, 'nowhere'), 'theWord')).to.equal(false)
  })
})
