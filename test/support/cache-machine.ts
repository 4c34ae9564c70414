import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {type CacheChoiceDependencies, type ChosenCache, chooseCache} from '../../src/cache/choice.ts'
import caches from '../../src/hooks/caches.ts'
import type {CacheHome, CredentialCache, Keyring} from '../../src/plugin.ts'
import {memoryCache} from '../../src/providers/memory-cache.ts'
import type {Registry} from '../../src/registry/registry.ts'
import {inTurn} from './in-turn.ts'
import {memoryKeyring} from './keyring.ts'

/** A machine with a keyring that can be locked, on which calls choose their cache. Entries are in real files. */
export interface CacheMachine {
  readonly directory: string
  /** The contents of the keyring. */
  readonly items: Map<string, string>
  /** Warnings, in order. */
  readonly warnings: string[]
  /** The ids of the caches that were loaded, in order. */
  readonly loaded: string[]
  /** The cache of a plugin. */
  readonly pass: CredentialCache
  /** The note about caches; a test may replace it. */
  note: string | undefined
  /** How often the keyring was used. */
  asked(): number
  passes(milliseconds: number): void
  lock(): void
  unlock(): void
  /** The choice of one more call. */
  choose(wanted?: string, changes?: Changes): Promise<ChosenCache>
  /** How each entry on disk is protected, by key. */
  forms(): Promise<Record<string, string>>
  remove(): Promise<void>
}

export interface Changes extends Partial<Omit<CacheChoiceDependencies, 'home'>> {
  readonly home?: Partial<CacheHome>
}

export const minutes = 60_000
export const days = 86_400_000
const desktop = {DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/bus'}

export async function makeCacheMachine(): Promise<CacheMachine> {
  const directory = join(await mkdtemp(join(tmpdir(), 'aws-oidc-cache-')), 'v1')
  const [warnings, loaded]: [string[], string[]] = [[], []]
  const {items, ...working} = memoryKeyring()
  const pass = memoryCache()
  let [time, locked, asked] = [Date.parse('2026-11-24T09:00:00Z'), false, 0]
  const exclusively = inTurn()

  function answer<Result>(work: () => Promise<Result>): Promise<Result> {
    asked++
    return locked ? Promise.reject(Object.assign(new Error('It is locked.'), {code: 'UNAVAILABLE'})) : work()
  }
  const keyring: Keyring = {
    get: name => answer(() => working.get(name)),
    set: (name, value) => answer(() => working.set(name, value)),
    remove: name => answer(() => working.remove(name)),
  }
  const home: CacheHome = {
    directory,
    log: {debug: () => undefined, info: () => undefined, warn: text => void warnings.push(text)},
    interactive: false,
    signal: new AbortController().signal,
    env: desktop,
    keyring,
    exclusively,
  }
  const registry: Registry = {
    strategies: () => [],
    installable: () => [],
    strategySummary: () => Promise.reject(new Error('no strategy')),
    pluginOfCache: () => undefined,
    ownerOf: () => 'aws-oidc',
    strategy: () => Promise.reject(new Error('no strategy')),
    cacheSummary: async id => id,
    async cache(id, at) {
      loaded.push(id)
      if (id === 'pass') return pass
      const entry = (await caches()).entries.find(candidate => candidate.id === id)
      if (!entry) throw new Error(`There is no cache "${id}".`)
      return entry.load(at)
    },
  }

  const machine: CacheMachine = {
    directory,
    items,
    warnings,
    loaded,
    pass,
    note: undefined,
    asked: () => asked,
    passes(milliseconds) {
      time += milliseconds
    },
    lock() {
      locked = true
    },
    unlock() {
      locked = false
    },
    choose: (wanted = 'auto', {home: homeChanges, ...changes} = {}) =>
      chooseCache(wanted, {
        home: {...home, ...homeChanges},
        registry,
        platform: 'linux',
        now: () => new Date(time),
        note: {
          read: async () => machine.note,
          write: async text => {
            machine.note = text
          },
        },
        exists: async path => path === '/run/user/1/bus',
        inCi: false,
        byUser: false,
        ...changes,
      }),
    async forms() {
      const names = await readdir(directory).catch(() => [])
      const texts = await Promise.all(names.map(name => readFile(join(directory, name), 'utf8')))
      const envelopes = texts.map(text => JSON.parse(text) as {readonly key: string; readonly enc: string})
      return Object.fromEntries(envelopes.map(({key, enc}) => [key, enc]))
    },
    remove: () => rm(dirname(directory), {recursive: true, force: true}),
  }
  return machine
}
