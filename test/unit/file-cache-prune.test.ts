import {chmod, mkdtemp, readdir, readFile, rm, utimes, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {fileCache} from '../../src/providers/file-cache.ts'

const hour = 3_600_000
const fromNow = (milliseconds: number) => new Date(Date.now() + milliseconds)

describe('a write to the file cache', () => {
  let directory = ''
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'aws-oidc-prune-'))
  })
  afterEach(() => rm(directory, {recursive: true, force: true}))

  it('removes entries that expired over an hour ago, and no others', async () => {
    const cache = fileCache({directory})
    await cache.write('just-ended', {value: 'b', expiresAt: fromNow(-hour / 2)})
    await cache.write('long-gone', {value: 'a', expiresAt: fromNow(-2 * hour)})
    await fileCache({directory}).write('alive', {value: 'c', expiresAt: fromNow(hour)})
    expect(await cache.read('long-gone')).to.equal(undefined)
    expect((await cache.read('just-ended'))?.value).to.equal('b')
    expect((await cache.read('alive'))?.value).to.equal('c')
    expect(await readdir(directory)).to.have.length(2)
  })

  it('reads the others once a minute at most: a sign-in writes several entries, and there may be thousands', async () => {
    const cache = fileCache({directory})
    await cache.write('ended', {value: 'a', expiresAt: fromNow(hour)})
    const [name = ''] = await readdir(directory)
    const entry = JSON.parse(await readFile(join(directory, name), 'utf8'))
    await writeFile(join(directory, name), JSON.stringify({...entry, exp: entry.exp - 3 * 3600}))
    await cache.write('alive', {value: 'b', expiresAt: fromNow(hour)})
    expect(await readdir(directory)).to.include(name)
    await fileCache({directory}).write('alive', {value: 'c', expiresAt: fromNow(hour)})
    expect(await readdir(directory)).not.to.include(name)
  })

  it('removes an entry that others may read: it is never used, and would stay with its tokens', async function () {
    if (process.platform === 'win32') this.skip()
    const cache = fileCache({directory})
    await cache.write('opened', {value: 'a', expiresAt: fromNow(hour)})
    const [name = ''] = await readdir(directory)
    await chmod(join(directory, name), 0o644)
    await writeFile(join(directory, 'of-somebody-else.json'), '{}')
    await fileCache({directory}).write('alive', {value: 'b', expiresAt: fromNow(hour)})
    expect(await readdir(directory))
      .to.have.length(2)
      .and.include('of-somebody-else.json')
      .and.not.include(name)
  })

  it('removes what a killed process left half-written, but not what another process is writing now', async () => {
    const [abandoned, current] = ['a', 'b'].map(letter => `.${letter.repeat(64)}.${letter.repeat(12)}.tmp`)
    for (const name of [abandoned, current, 'of-somebody-else.tmp']) await writeFile(join(directory, String(name)), '{')
    for (const name of [abandoned, 'of-somebody-else.tmp']) {
      await utimes(join(directory, String(name)), fromNow(-2 * hour), fromNow(-2 * hour))
    }
    await fileCache({directory}).write('key', {value: 'a', expiresAt: fromNow(hour)})
    const names = await readdir(directory)
    expect(names).to.include.members([current, 'of-somebody-else.tmp'])
    expect(names).not.to.include(abandoned)
  })
})
