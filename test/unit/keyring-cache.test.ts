import {lstat, mkdtemp, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import type {CacheHome} from '../../src/plugin.ts'
import {fileCache} from '../../src/providers/file-cache.ts'
import {keyringCache} from '../../src/providers/keyring-cache.ts'
import {behavesAsCache, entry} from '../support/cache-suite.ts'
import {inTurn} from '../support/in-turn.ts'
import {memoryKeyring} from '../support/keyring.ts'

type Envelope = Record<string, unknown>

describe('the cache "keyring"', () => {
  let directory = ''
  let keyring = memoryKeyring()
  const exclusively = inTurn()

  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'aws-oidc-cache-')), 'v1')
    keyring = memoryKeyring()
  })
  afterEach(() => rm(directory, {recursive: true, force: true}))

  const home = (changes: Partial<CacheHome> = {}): CacheHome => ({
    directory,
    keyring,
    exclusively,
    log: {debug: () => undefined, info: () => undefined, warn: () => undefined},
    interactive: false,
    signal: new AbortController().signal,
    env: {},
    ...changes,
  })
  /** As another process would have it: it knows no key yet. */
  const cache = (changes?: Partial<CacheHome>) => keyringCache(home(changes))

  async function files(): Promise<readonly {path: string; envelope: Envelope}[]> {
    const names = await readdir(directory)
    return Promise.all(
      names.map(async name => {
        const path = join(directory, name)
        return {path, envelope: JSON.parse(await readFile(path, 'utf8')) as Envelope}
      }),
    )
  }

  /** Changes the only file there is. */
  async function alter(change: (envelope: Envelope) => Envelope): Promise<void> {
    const [only] = await files()
    if (!only) throw new Error('there is no file')
    await writeFile(only.path, JSON.stringify(change(only.envelope)), {mode: 0o600})
  }

  behavesAsCache(async () => cache(), {
    again: async () => cache(),
    async spoil() {
      for (const {path} of await files()) await writeFile(path, 'garbage')
    },
  })

  it('writes in plain text only the key of an entry, its expiry, and what opening it needs', async () => {
    await cache().write('provider/a', entry('the secret value'))
    const [only] = await files()
    expect(only?.envelope).to.have.all.keys('v', 'enc', 'kid', 'exp', 'key', 'iv', 'tag', 'data')
    expect(only?.envelope).to.include({v: 1, enc: 'A256GCM', key: 'provider/a', exp: 4_070_908_800})
    expect(JSON.stringify(only?.envelope)).not.to.include('the secret value')
    expect(((await lstat(only?.path ?? '')).mode & 0o777).toString(8)).to.equal('600')
  })

  it('keeps only the key in the keyring, as one short item', async () => {
    await cache().write('provider/a', entry('x'.repeat(8000)))
    expect([...keyring.items.values()].map(value => Buffer.from(value, 'base64').length)).to.deep.equal([32])
    expect(JSON.stringify(await files())).not.to.include([...keyring.items.values()][0])
  })

  it('never uses the same IV twice', async () => {
    const own = cache()
    const seen = new Set<unknown>()
    for (let index = 0; index < 200; index++) {
      await own.write('provider/a', entry('same'))
      seen.add((await files())[0]?.envelope.iv)
    }
    expect(seen.size).to.equal(200)
  })

  for (const member of ['kid', 'iv', 'tag', 'data', 'exp', 'key', 'v', 'enc'] as const) {
    it(`ignores an entry whose "${member}" was changed`, async () => {
      await cache().write('provider/a', entry('value'))
      await alter(envelope => {
        const was = envelope[member]
        const changed = typeof was === 'number' ? was + 1 : flipped(String(was), member)
        return {...envelope, [member]: changed}
      })
      expect(await cache().read('provider/a')).to.equal(undefined)
      await cache().write('provider/a', entry('healed'))
      expect(await cache().read('provider/a')).to.deep.equal(entry('healed'))
    })
  }

  it('ignores an entry of another key that was put in its place', async () => {
    await cache().write('provider/a', entry('of a'))
    const [a] = await files()
    await cache().write('provider/b', entry('of b'))
    const b = (await files()).find(({path}) => path !== a?.path)
    await rename(b?.path ?? '', a?.path ?? '')
    expect(await cache().read('provider/a')).to.equal(undefined)
    await alter(envelope => ({...envelope, key: 'provider/a'}))
    expect(await cache().read('provider/a'), 'renamed inside as well').to.equal(undefined)
  })

  it('ignores planted plain text, and removes it with the next write', async () => {
    await fileCache({directory}).write('provider/a', entry('planted'))
    await fileCache({directory}).write('provider/b', entry('planted'))
    expect(await cache().read('provider/a')).to.equal(undefined)
    expect(await cache().expiresAt?.('provider/a')).to.equal(undefined)
    await cache().write('provider/a', entry('own'))
    expect((await files()).map(({envelope}) => envelope.enc)).to.deep.equal(['A256GCM'])
    expect(await cache().read('provider/a')).to.deep.equal(entry('own'))
  })

  it('is not read by the cache "file", which replaces its entry: neither leaves a copy beside the other', async () => {
    await cache().write('provider/a', entry('sealed'))
    expect(await fileCache({directory}).read('provider/a')).to.equal(undefined)
    expect(await fileCache({directory}).expiresAt?.('provider/a')).to.equal(undefined)
    await fileCache({directory}).write('provider/a', entry('plain'))
    expect(await cache().read('provider/a')).to.equal(undefined)
    expect(await files()).to.have.length(1)
  })

  for (const [name, clear] of [
    ['file', () => fileCache({directory}).clear('one/')],
    ['keyring', () => cache().clear('one/')],
  ] as const) {
    it(`is cleared with the other cache when "${name}" forgets a provider`, async () => {
      await cache().write('one/a', entry('sealed'))
      await cache().write('two/a', entry('sealed'))
      await fileCache({directory}).write('one/b', entry('plain'))
      await clear()
      expect((await files()).map(({envelope}) => envelope.key)).to.deep.equal(['two/a'])
    })
  }

  it('makes one key when many calls begin at once', async () => {
    const many = Array.from({length: 20}, (_, index) => cache().write(`provider/${index}`, entry('value')))
    await Promise.all(many)
    expect(new Set((await files()).map(({envelope}) => envelope.kid)).size).to.equal(1)
    for (let index = 0; index < 20; index++)
      expect(await cache().read(`provider/${index}`)).to.deep.equal(entry('value'))
  })

  for (const [what, lose] of [
    ['deleted', () => keyring.items.clear()],
    ['replaced', () => keyring.items.set('cache-key', Buffer.alloc(32, 7).toString('base64'))],
    ['damaged', () => keyring.items.set('cache-key', 'nonsense')],
  ] as const) {
    it(`treats entries as absent when the key was ${what}, and goes on`, async () => {
      await cache().write('provider/a', entry('value'))
      lose()
      expect(await cache().read('provider/a')).to.equal(undefined)
      await cache().write('provider/a', entry('again'))
      expect(await cache().read('provider/a')).to.deep.equal(entry('again'))
    })
  }

  it('asks the keyring once, and not at all for absent entries or those that need not be opened', async () => {
    let asked = 0
    const counting = {
      ...keyring,
      get(name: string) {
        asked++
        return keyring.get(name)
      },
    }
    await cache().write('provider/a', entry('value'))
    const own = cache({keyring: counting})
    await own.read('provider/b')
    await own.expiresAt?.('provider/a')
    await own.remove('provider/b')
    await own.clear('other/')
    expect(asked).to.equal(0)
    await own.read('provider/a')
    await own.read('provider/a')
    await own.write('provider/c', entry('value'))
    expect(asked).to.equal(1)
  })

  it('asks the keyring once for all calls that begin at the same time', async () => {
    for (const key of ['a', 'b', 'c']) await cache().write(key, entry(key))
    let asked = 0
    const own = cache({
      keyring: {
        ...keyring,
        get(name) {
          asked++
          return keyring.get(name)
        },
      },
    })
    await Promise.all([own.ready?.(), own.ready?.(), ...['a', 'b', 'c'].map(key => own.read(key))])
    expect(asked).to.equal(1)
  })

  it('asks the keyring again after a failure', async () => {
    await cache().write('a', entry('value'))
    let attempts = 0
    const get = (name: string) => (attempts++ === 0 ? Promise.reject(new Error('locked')) : keyring.get(name))
    const own = cache({keyring: {...keyring, get}})
    expect(await own.read('a').catch(error => error)).to.include({message: 'locked'})
    expect(await own.read('a')).to.deep.equal(entry('value'))
  })

  it('tells a keyring that can not be used from an absent entry', async () => {
    await cache().write('provider/a', entry('value'))
    const locked = () => Promise.reject(Object.assign(new Error('locked'), {code: 'UNAVAILABLE'}))
    const own = cache({keyring: {get: locked, set: locked, remove: locked}})
    for (const ending of await Promise.allSettled([
      own.read('provider/a'),
      own.write('provider/b', entry('x')),
      own.ready?.(),
    ])) {
      expect(ending).to.have.nested.property('reason.message', 'locked')
    }
    await own.clear()
    expect(await files()).to.deep.equal([])
  })

  it('is not ready where the keyring accepts a key and forgets it', async () => {
    const forgetful = {...keyring, set: async () => undefined}
    const failure = await cache({keyring: forgetful})
      .ready?.()
      .catch(error => error)
    expect(failure).to.include({
      code: 'UNAVAILABLE',
      message: 'The keyring of this system does not keep what is stored in it.',
    })
  })

  it('removes the key when everything is cleared', async () => {
    await cache().write('provider/a', entry('value'))
    await cache().clear('provider/')
    expect(keyring.items.size).to.equal(1)
    await cache().clear()
    expect(keyring.items.size).to.equal(0)
  })
})

/** Another value of the same length and form. */
function flipped(text: string, member: string): string {
  if (member === 'enc') return 'none'
  const at = Math.floor(text.length / 2)
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
}
