import {chmod, chown, copyFile, readdir, readFile, rename, rm, stat, symlink, writeFile} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {seesExchanges} from '../support/exchange-suite.ts'
import {fillsPipe} from '../support/full-pipe.ts'
import {isHit, useHotScene} from '../support/hot.ts'
import {readsHotCopies} from '../support/hot-copy-suite.ts'
import {loadedBy} from '../support/loaded.ts'
import {credentialsEntry, leaveSeconds, nobody, root} from '../support/machine.ts'

describe('the lane for entries in plain text, given a pointer,', () => {
  readsHotCopies(['pointer'])
  seesExchanges(['pointer'])
})

describe('the lane for entries in plain text', () => {
  const scene = useHotScene(['pointer'])

  it('prints what the whole program prints, byte for byte', async () => {
    const {stdout} = await scene.callWhole(['creds', '--profile', 'developer', '--format', 'process'])
    const ended = await scene.call()
    expect(isHit(ended)).to.equal(true)
    const [{AccountId}, printed] = [JSON.parse(stdout), JSON.parse(ended.stdout)]
    expect(ended.stdout.replace(printed.AccountId, AccountId)).to.equal(stdout)
  })

  it('loads one small file of ours, and no other code', async () => {
    const {folder} = scene.installation
    const loaded = await loadedBy(scene.home.folder, env => scene.call({env}))
    const files = ['bin/run.js', 'dist/bundle/lane-file.cjs', 'dist/bundle/lane-file.cjs.real.cjs']
    expect(loaded.filter(url => url.startsWith('file:'))).to.have.members(
      files.map(name => pathToFileURL(join(folder, name)).href),
    )
    expect(loaded.filter(url => !url.startsWith('file:'))).to.deep.equal(['node:fs'])
  })

  it('follows no pointer that is open to others, or lies in a folder that is', async () => {
    await chmod(scene.copy, 0o640)
    expect(isHit(await scene.call())).to.equal(false)
    expect(isHit(await scene.call())).to.equal(true)
    await chmod(scene.folder, 0o701)
    expect(isHit(await scene.call())).to.equal(false)
    expect(isHit(await scene.call())).to.equal(true)
  })

  for (const [words, milliseconds, hit] of [
    ['as it was', 0, true],
    ['beyond the soft margin', 50 * 60_000, false],
    ['before the pointer was made', -60_000, false],
  ] as const) {
    it(`${hit ? 'prints' : 'does not print'} the entry where the clock is ${words}`, async () => {
      const code = `const now=Date.now;Date.now=()=>now()+${milliseconds}`
      const env = {NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(code)}`}
      const ended = await scene.call({env})
      expect(isHit(ended), ended.stderr).to.equal(hit)
    })
  }

  it('waits for its reader where the pipe is full and does not block, and prints once', async () => {
    const ended = await scene.call({around: `{ ${fillsPipe}; "$@"; } | { sleep 0.5; cat; }`})
    expect(isHit(ended), ended.stderr).to.equal(true)
    isOneDocument({...ended, stdout: ended.stdout.replace(/^x+/, '')})
  })

  /** Makes the pointer vouch for the entry as it is now: the lane then has to check the entry itself. */
  async function vouchFor(path: string): Promise<void> {
    const {dev, ino, size, ctimeNs} = await stat(path, {bigint: true})
    await scene.rewrite(text =>
      text.replace(/[\da-z-]+(?=\t[^\t\n]*\/v1\/)/, [dev, ino, size, ctimeNs].map(part => part.toString(36)).join('-')),
    )
  }

  type Json = Readonly<Record<string, unknown>>
  const rewritten = (change: (envelope: Json) => Json) => async (path: string) =>
    writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))))
  const withData = (change: (data: Json) => Json) =>
    rewritten(envelope => ({...envelope, data: JSON.stringify(change(JSON.parse(String(envelope.data))))}))

  it('prints an entry that the pointer vouches for', async () => {
    const {path} = await credentialsEntry(scene.home)
    await rewritten(envelope => envelope)(path)
    expect(isHit(await scene.call())).to.equal(false)
    await rewritten(envelope => envelope)(path)
    await vouchFor(path)
    expect(isHit(await scene.call())).to.equal(true)
  })

  for (const [words, spoil] of [
    ['is open to others', path => chmod(path, 0o604)],
    [
      'is a link',
      async path => {
        await rename(path, `${path}.real`)
        await symlink(`${path}.real`, path)
      },
    ],
    ['was planted by another user', path => chown(path, nobody, nobody)],
    ['is cut short', async path => writeFile(path, (await readFile(path, 'utf8')).slice(0, -20))],
    ['is too long', async path => writeFile(path, `${await readFile(path, 'utf8')}${' '.repeat(1024 * 1024)}`)],
    ['is of another key', rewritten(envelope => ({...envelope, key: 'other/other'}))],
    ['has expired', rewritten(envelope => ({...envelope, exp: Math.floor(Date.now() / 1000) - 60}))],
    ['is in its soft margin', () => leaveSeconds(scene.home, 600)],
    ['is of another role', withData(data => ({...data, role: 'arn:aws:iam::123456789012:role/admin'}))],
    ['lacks its token', withData(({sessionToken: _, ...data}) => data)],
    ['is sealed', rewritten(envelope => ({...envelope, enc: 'A256GCM', kid: '0', iv: 'AA==', tag: 'AA=='}))],
  ] satisfies readonly [string, (path: string) => Promise<void>][]) {
    it(`ignores an entry that ${words}, whatever the pointer says`, async function () {
      if (words.includes('another user') && !root) this.skip()
      const {path} = await credentialsEntry(scene.home)
      await spoil(path)
      await vouchFor(path)
      const ended = await scene.call()
      expect(isHit(ended)).to.equal(false)
      isOneDocument(ended)
    })
  }

  for (const [words, change] of [
    ['out of the cache', text => text.replace(/"entry":"/, '"entry":"../../')],
    ['to another cache', text => text.replace('"cache":"file"', '"cache":"memory"')],
    ['to no cache', text => text.replace('"cache":"file",', '')],
    ['to another role', text => text.replace(':role/developer"', ':role/admin"')],
  ] satisfies readonly [string, (text: string) => string][]) {
    it(`does not follow a pointer ${words}`, async () => {
      const {path} = await credentialsEntry(scene.home)
      const outside = join(scene.home.cache, '..', basename(path))
      await copyFile(path, outside)
      await scene.rewrite(change)
      const ended = await scene.call()
      await rm(outside)
      expect(isHit(ended)).to.equal(false)
      isOneDocument(ended)
    })
  }

  it('has a pointer for each region of a terminal, removed on expiry, by logout and by cache clear', async () => {
    const made = () => readdir(scene.folder).catch(() => undefined)
    await scene.callWhole(['creds', '-p', 'developer', '--browser'], {AWS_REGION: 'eu-west-1'})
    expect(await made()).to.have.members(['developer,', 'developer,eu-west-1'])
    await scene.settle(join(scene.folder, 'developer,eu-west-1'))
    await scene.callWhole()
    expect(await made()).to.deep.equal(['developer,'])
    for (const args of [
      ['logout', '--provider', 'sandbox'],
      ['cache', 'clear'],
      ['cache', 'clear', '--provider', 'sandbox'],
    ]) {
      await scene.callWhole()
      expect(await made()).to.deep.equal(['developer,'])
      await scene.callWhole(args)
      expect(await made(), args.join(' ')).to.equal(undefined)
    }
  })

  it('has no pointer made through a link', async () => {
    const elsewhere = join(scene.home.folder, 'elsewhere')
    await rename(scene.folder, elsewhere)
    await rm(join(elsewhere, 'developer,'))
    await symlink(elsewhere, scene.folder)
    isOneDocument(await scene.callWhole())
    expect(await readdir(elsewhere)).to.deep.equal([])
    await rm(elsewhere, {recursive: true})
  })

  it('has no pointer for a profile whose provider is chosen anew each time', async () => {
    await rm(scene.copy)
    const role = 'arn:aws:iam::123456789012:role/developer'
    await scene.home.configure({profiles: {two: {provider: ['sandbox', 'sandbox'], role}}})
    await scene.settle(scene.config)
    await scene.callWhole(['creds', '-p', 'two'])
    expect(await readdir(scene.folder)).to.deep.equal([])
  })
})
