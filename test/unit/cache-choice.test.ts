import {expect} from 'chai'
import {type CacheChoiceParts, chooseCache} from '../../src/cache-choice.ts'
import type {CacheEntry, CacheHome, CredentialCache} from '../../src/plugin.ts'
import {memoryCache} from '../../src/providers/memory-cache.ts'
import {entry} from '../support/cache-suite.ts'
import {memoryKeyring} from '../support/keyring.ts'

const minutes = 60_000
const days = 86_400_000
const desktop = {DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/bus'}

/** A machine with caches that tell what was done with them. */
function makeMachine() {
  let time = Date.parse('2026-11-24T09:00:00Z')
  let note: string | undefined
  let keyringWorks = true
  const warnings: string[] = []
  const loaded: string[] = []
  const caches = new Map(['file', 'keyring', 'memory', 'pass'].map(id => [id, memoryCache()]))

  /** In the real one, too, entries of the keyring can't be opened without it, and say when they end. */
  function cacheOf(id: string): CredentialCache {
    const cache = caches.get(id)
    if (!cache) throw new Error(`no cache ${id}`)
    const gate = async () => {
      if (id === 'keyring' && !keyringWorks) throw Object.assign(new Error('It is locked.'), {code: 'UNAVAILABLE'})
    }
    return {
      ...cache,
      read: async key => gate().then(() => cache.read(key)),
      write: async (key, value: CacheEntry) => gate().then(() => cache.write(key, value)),
      ready: gate,
    }
  }

  const registry = {
    ownerOf: () => 'aws-oidc',
    strategy: () => Promise.reject(new Error('no strategy')),
    async cache(id: string) {
      loaded.push(id)
      return cacheOf(id)
    },
    cacheSummary: async (id: string) => id,
  }

  return {
    warnings,
    loaded,
    caches,
    passes(milliseconds: number) {
      time += milliseconds
    },
    lock() {
      keyringWorks = false
    },
    unlock() {
      keyringWorks = true
    },
    noteIs: () => note,
    choose(wanted = 'auto', env: CacheHome['env'] = desktop, changes: Partial<CacheChoiceParts> = {}) {
      const home: CacheHome = {
        directory: '/cache/v1',
        log: {debug: () => undefined, info: () => undefined, warn: text => void warnings.push(text)},
        interactive: false,
        signal: new AbortController().signal,
        env,
        keyring: memoryKeyring(),
        exclusively: work => work(),
      }
      return chooseCache(wanted, {
        home,
        registry,
        platform: 'linux',
        now: () => new Date(time),
        note: {
          read: async () => note,
          write: async text => {
            note = text
          },
        },
        exists: async path => path === '/run/user/1/bus',
        heedsFailure: true,
        ...changes,
      })
    },
  }
}

describe('cache: auto', () => {
  it('is the keyring where there is a session bus, by variable or by socket, and on macOS and Windows', async () => {
    const machine = makeMachine()
    for (const [env, platform] of [
      [desktop, 'linux'],
      [{XDG_RUNTIME_DIR: '/run/user/1'}, 'linux'],
      [{}, 'darwin'],
      [{}, 'win32'],
    ] as const) {
      expect((await machine.choose('auto', env, {platform})).id).to.equal('keyring')
    }
  })

  it('is files in plain text without one, says so once with what to do, and loads nothing native', async () => {
    const machine = makeMachine()
    const first = await machine.choose('auto', {XDG_RUNTIME_DIR: '/run/user/2'})
    expect(first).to.include({id: 'file', byHand: false})
    await first.cache.read('a')
    expect(machine.warnings, 'before anything is kept').to.deep.equal([])
    await first.cache.write('a', entry('1'))
    await first.cache.write('b', entry('2'))
    await (await machine.choose('auto', {})).cache.write('c', entry('3'))
    machine.passes(30 * days)
    await (await machine.choose('auto', {})).cache.write('c', entry('3'))
    expect(machine.warnings).to.have.length(1)
    expect(machine.warnings[0])
      .to.include('no D-Bus session')
      .and.include('refresh tokens rest in plain text in /cache/v1')
      .and.include('"cache: file"')
      .and.include('"rememberSignIn: false"')
    expect(machine.loaded).not.to.include('keyring')
  })

  it('is nothing where there is no folder', async () => {
    const machine = makeMachine()
    const home = {...(await homeOf(machine)), directory: ''}
    expect((await machine.choose('auto', desktop, {home})).id).to.equal('memory')
  })

  it('gives the result from files when the keyring fails, and remembers it for a week', async () => {
    const machine = makeMachine()
    machine.lock()
    const {id, cache} = await machine.choose()
    expect(id).to.equal('keyring')
    await cache.ready?.()
    await cache.write('a', entry('1'))
    expect(await cache.read('a')).to.deep.equal(entry('1'))
    expect(await machine.caches.get('file')?.read('a')).to.deep.equal(entry('1'))
    expect(machine.warnings).to.have.length(1)

    machine.passes(6 * days)
    const later = await machine.choose()
    expect(later).to.include({id: 'file', insteadOfKeyring: 'It is locked.'})
    machine.passes(2 * days)
    expect((await machine.choose()).id).to.equal('keyring')
  })

  it('tries again after an hour where the keyring has worked, without a second word', async () => {
    const machine = makeMachine()
    await (await machine.choose()).cache.ready?.()
    machine.lock()
    await (await machine.choose()).cache.ready?.()
    machine.passes(59 * minutes)
    expect((await machine.choose()).id).to.equal('file')
    machine.passes(2 * minutes)
    const again = await machine.choose()
    expect(again.id).to.equal('keyring')
    await again.cache.ready?.()
    expect(machine.warnings).to.have.length(1)
    machine.unlock()
    machine.passes(61 * minutes)
    await (await machine.choose()).cache.ready?.()
    machine.lock()
    await (await machine.choose()).cache.ready?.()
    expect(machine.warnings, 'a new failure after it worked').to.have.length(2)
  })

  it('tries again at once when somebody signs in by hand', async () => {
    const machine = makeMachine()
    machine.lock()
    await (await machine.choose()).cache.ready?.()
    machine.unlock()
    const {id, cache} = await machine.choose('auto', desktop, {heedsFailure: false})
    expect(id).to.equal('keyring')
    await cache.ready?.()
    expect((await machine.choose()).id, 'and remembers that it works').to.equal('keyring')
  })

  it('does not take a full disk for a failure of the keyring', async () => {
    const machine = makeMachine()
    const {cache} = await machine.choose()
    const full = Object.assign(new Error('no space'), {code: 'ENOSPC'})
    const keyring = machine.caches.get('keyring')
    if (keyring) keyring.write = () => Promise.reject(full)
    expect(await cache.write('a', entry('1')).catch(error => error)).to.equal(full)
    expect(machine.warnings).to.deep.equal([])
  })

  it('forgets a note that is nonsense', async () => {
    const machine = makeMachine()
    for (const text of ['', '{', '[]', '{"failure":{"at":"x"}}', '{"failure":7,"cache":9}']) {
      expect(
        (await machine.choose('auto', desktop, {note: {read: async () => text, write: async () => undefined}})).id,
      ).to.equal('keyring')
    }
  })
})

describe('a cache that somebody has chosen', () => {
  it('is used strictly: its failure is not covered by another one', async () => {
    const machine = makeMachine()
    machine.lock()
    const {byHand, cache} = await machine.choose('keyring', {})
    expect(byHand).to.equal(true)
    expect(await cache.ready?.().catch(error => error)).to.include({message: 'It is locked.'})
    expect(machine.loaded).to.deep.equal(['keyring'])
  })

  it('is cleared when another one with another place takes over, so that nothing old is served some day', async () => {
    const machine = makeMachine()
    await (await machine.choose('file')).cache.write('a', entry('old'))
    await (await machine.choose('pass')).cache.write('a', entry('new'))
    expect(await machine.caches.get('file')?.read('a')).to.equal(undefined)
    await machine.choose('memory')
    expect(await machine.caches.get('pass')?.read('a'), 'memory replaces nothing').to.deep.equal(entry('new'))
    await machine.choose('file')
    expect(await machine.caches.get('pass')?.read('a')).to.equal(undefined)
  })

  it('stays when file and keyring take turns: they share their entries', async () => {
    const machine = makeMachine()
    await (await machine.choose('file')).cache.write('a', entry('old'))
    await machine.choose('keyring')
    expect(await machine.caches.get('file')?.read('a')).to.deep.equal(entry('old'))
    expect(machine.noteIs()).to.equal(undefined)
  })
})

async function homeOf(machine: ReturnType<typeof makeMachine>): Promise<CacheHome> {
  return {
    directory: '/cache/v1',
    log: {debug: () => undefined, info: () => undefined, warn: text => void machine.warnings.push(text)},
    interactive: false,
    signal: new AbortController().signal,
    env: desktop,
    keyring: memoryKeyring(),
    exclusively: work => work(),
  }
}
