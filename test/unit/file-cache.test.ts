import {execFile} from 'node:child_process'
import {chmod, chown, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setImmediate as nextTurn} from 'node:timers/promises'
import {promisify} from 'node:util'
import {expect} from 'chai'
import {fileCache} from '../../src/providers/file-cache.ts'
import {behavesAsCache, entry} from '../support/cache-suite.ts'
import {nobody, root} from '../support/machine.ts'

const posix = process.platform !== 'win32'
const module = new URL('../../src/providers/file-cache.ts', import.meta.url).href

describe('the cache "file"', () => {
  let folder = ''
  let directory = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-cache-'))
    directory = join(folder, 'aws-oidc/v1')
  })
  afterEach(() => rm(folder, {recursive: true, force: true}))

  const cache = () => fileCache({directory})
  const modeOf = async (path: string) => ((await lstat(path)).mode & 0o777).toString(8)

  /** The file of `provider/a`, which is there. */
  async function fileOfA(): Promise<string> {
    await cache().write('provider/a', entry('value'))
    const [name = ''] = await readdir(directory)
    return join(directory, name)
  }

  async function isMissThatHeals(): Promise<void> {
    expect(await cache().read('provider/a')).to.equal(undefined)
    expect(await cache().expiresAt?.('provider/a')).to.equal(undefined)
    await cache().write('provider/a', entry('healed'))
    expect(await cache().read('provider/a')).to.deep.equal(entry('healed'))
  }

  behavesAsCache(async () => cache(), {
    again: async () => cache(),
    async spoil() {
      const [name = ''] = await readdir(directory)
      await writeFile(join(directory, name), 'garbage')
    },
    strangers: {
      plant: () => writeFile(join(directory, 'notes.txt'), 'mine'),
      remain: async () => (await readdir(directory)).includes('notes.txt'),
    },
  })

  it('writes an envelope with exactly these members', async () => {
    expect(JSON.parse(await readFile(await fileOfA(), 'utf8'))).to.deep.equal({
      v: 1,
      enc: 'none',
      exp: 4_070_908_800,
      key: 'provider/a',
      data: 'value',
    })
  })

  it('names files by a hash, and leaves no others', async () => {
    await fileOfA()
    expect((await readdir(directory)).join()).to.match(/^[0-9a-f]{64}\.json$/)
  })

  it('lets no other user read, whatever the umask', async function () {
    if (!posix) this.skip()
    const before = process.umask(0)
    try {
      const file = await fileOfA()
      expect([await modeOf(file), await modeOf(directory), await modeOf(join(folder, 'aws-oidc'))]).to.deep.equal([
        '600',
        '700',
        '700',
      ])
    } finally {
      process.umask(before)
    }
  })

  it('closes what was open to others: file and folder', async function () {
    if (!posix) this.skip()
    const file = await fileOfA()
    await chmod(file, 0o644)
    await chmod(directory, 0o755)
    await isMissThatHeals()
    expect([await modeOf(file), await modeOf(directory)]).to.deep.equal(['600', '700'])
  })

  const spoilt: readonly (readonly [string, (text: string) => string])[] = [
    ['is empty', () => ''],
    ['is cut short', text => text.slice(0, text.length / 2)],
    ['is no JSON', () => 'garbage'],
    ['is another JSON', () => 'null'],
    ['has an unknown version', text => text.replace('"v":1', '"v":2')],
    ['has an unknown encryption', text => text.replace('"none"', '"A256GCM"')],
    ['lacks its end', text => text.replace(/"exp":\d+,/, '')],
    ['has an expiry that is not a number', text => text.replace(/"exp":\d+/, '"exp":"soon"')],
    ['lacks its data', text => text.replace(/,"data":"value"/, '')],
    ['is of another key', text => text.replace('provider/a', 'provider/b')],
    ['is over a mebibyte', text => text.replace('value', 'x'.repeat(1024 * 1024))],
  ]
  for (const [words, spoil] of spoilt) {
    it(`treats an entry that ${words} as absent, and replaces it`, async () => {
      const file = await fileOfA()
      const [before, after] = [await readFile(file, 'utf8'), spoil(await readFile(file, 'utf8'))]
      expect(after).not.to.equal(before)
      await writeFile(file, after)
      await isMissThatHeals()
    })
  }

  it('treats swapped entries as absent', async () => {
    const a = await fileOfA()
    await cache().write('provider/b', entry('of b'))
    const [b = ''] = (await readdir(directory)).map(name => join(directory, name)).filter(path => path !== a)
    await rename(b, a)
    await isMissThatHeals()
  })

  it('treats an unreadable file as absent', async function () {
    if (!posix || root) this.skip()
    await chmod(await fileOfA(), 0)
    await isMissThatHeals()
  })

  it('treats a file of another user as absent', async function () {
    if (!root) this.skip()
    await chown(await fileOfA(), nobody, nobody)
    await isMissThatHeals()
  })

  it('neither reads nor writes in a folder of another user', async function () {
    if (!root) this.skip()
    const file = await fileOfA()
    await chown(directory, nobody, nobody)
    expect(await cache().read('provider/a')).to.equal(undefined)
    const failure = await cache()
      .write('provider/a', entry('new'))
      .catch(error => error)
    expect(failure).to.be.instanceOf(Error)
    expect(await readFile(file, 'utf8')).to.include('"value"')
  })

  it('does not follow a link to an entry, and replaces the link, not its target', async function () {
    if (!posix) this.skip()
    const file = await fileOfA()
    const elsewhere = join(folder, 'elsewhere')
    await rename(file, elsewhere)
    await symlink(elsewhere, file)
    await isMissThatHeals()
    expect((await lstat(file)).isFile()).to.equal(true)
    expect(await readFile(elsewhere, 'utf8')).to.include('"value"')
  })

  it('does not follow a link to the folder', async function () {
    if (!posix) this.skip()
    await fileOfA()
    const elsewhere = join(folder, 'elsewhere')
    await rename(directory, elsewhere)
    await symlink(elsewhere, directory)
    const before = await readdir(elsewhere)
    expect(await cache().read('provider/a')).to.equal(undefined)
    const failure = await cache()
      .write('provider/c', entry('new'))
      .catch(error => error)
    expect(failure).to.be.instanceOf(Error)
    await cache().clear()
    expect(await readdir(elsewhere)).to.deep.equal(before)
  })

  it('replaces a folder in place of an entry, and clears it', async () => {
    const file = await fileOfA()
    await rm(file)
    await mkdir(file)
    await writeFile(join(file, 'something'), '')
    await isMissThatHeals()
    await rm(file)
    await mkdir(file)
    await cache().clear()
    expect(await readdir(directory)).to.deep.equal([])
  })

  it('is not blocked by a pipe in place of an entry', async function () {
    if (!posix) this.skip()
    const file = await fileOfA()
    await rm(file)
    await promisify(execFile)('mkfifo', ['-m', '600', file])
    await isMissThatHeals()
  })

  it('clears its own files, even unreadable or half-written ones, and no others', async () => {
    const file = await fileOfA()
    const halfWritten = join(directory, `.${'0'.repeat(64)}.0123456789ab.tmp`)
    const unreadable = join(directory, `${'1'.repeat(64)}.json`)
    const strangers = ['notes.txt', 'abc.json', '.hidden', `${'2'.repeat(64)}.yaml`]
    for (const path of [halfWritten, unreadable, ...strangers.map(name => join(directory, name))]) {
      await writeFile(path, 'text')
    }
    await mkdir(join(directory, 'folder'))
    await cache().clear('another/')
    expect(await cache().read('provider/a')).to.deep.equal(entry('value'))
    await cache().clear()
    expect((await readdir(directory)).toSorted()).to.deep.equal([...strangers, 'folder'].toSorted())
    expect(file).not.to.equal(unreadable)
  })

  it('clears the temporary files of killed processes too, of one provider only', async () => {
    const file = await fileOfA()
    const temporary = (letter: string) => join(directory, `.${letter.repeat(64)}.0123456789ab.tmp`)
    const text = await readFile(file, 'utf8')
    await writeFile(temporary('a'), text, {mode: 0o600})
    await writeFile(temporary('b'), text.replace('provider/a', 'another/a'), {mode: 0o600})
    await cache().clear('provider/')
    expect((await readdir(directory)).map(name => join(directory, name))).to.deep.equal([temporary('b')])
  })

  it('fails, and does not hang, where a folder can not be made and the system calls it missing', async function () {
    if (process.platform !== 'linux') this.skip()
    const failure = await fileCache({directory: '/proc/nowhere/aws-oidc/v1'})
      .write('provider/a', entry('value'))
      .catch(error => error)
    expect(failure).to.include({code: 'ENOENT'})
  })

  it('leaves no temporary file when writing fails', async function () {
    if (!posix) this.skip()
    await fileOfA()
    const before = await readdir(directory)
    if (root) this.skip()
    await chmod(directory, 0o500)
    await cache()
      .write('provider/b', entry('value'))
      .catch(() => undefined)
    expect(await readdir(directory)).to.deep.equal(before)
  })

  it('never shows a part of an entry while two processes write it', async function () {
    this.timeout(60_000)
    const write = (letter: string) =>
      promisify(execFile)(process.execPath, [
        '--input-type=module',
        '-e',
        `import {fileCache} from ${JSON.stringify(module)}
         const cache = fileCache({directory: ${JSON.stringify(directory)}})
         for (let i = 0; i < 150; i++) {
           await cache.write('provider/a', {value: ${JSON.stringify(letter)}.repeat(60_000), expiresAt: new Date(4e12)})
         }`,
      ])
    await cache().write('provider/a', entry('a'.repeat(60_000)))
    let writing = true
    const writers = Promise.all([write('a'), write('b')]).finally(() => {
      writing = false
    })
    const seen = new Set<string>()
    let reads = 0
    while (writing) {
      const value = (await cache().read('provider/a'))?.value ?? 'absent'
      seen.add(/^(a{60000}|b{60000})$/.test(value) ? 'whole' : value.slice(0, 100))
      reads++
      // Reading never waits, and would keep this process from noticing that the writers are done.
      await nextTurn()
    }
    await writers
    expect([...seen]).to.deep.equal(['whole'])
    expect(reads).to.be.greaterThan(100)
    expect(await readdir(directory)).to.have.length(1)
  })
})
