import assert from 'node:assert/strict'
import type {CacheEntry, CredentialCache} from '../plugin.ts'
import type {Check} from './check.ts'

export interface CacheContractOptions {
  /**
   * Opens the storage of the last cache from `makeCache` again, as another process would. Leave it out for a cache that
   * forgets everything when the command ends.
   */
  again?(): Promise<CredentialCache>
  /** Damages the existing stored entry `provider/spoilt`, so that it can't be read any more. */
  spoil?(): Promise<void>
  /** Foreign data next to the cache's entries: `plant` creates it, `remain` says whether it has survived `clear`. */
  readonly strangers?: {plant(): Promise<void>; remain(): Promise<boolean>}
}

/**
 * The checks that every cache must pass. `makeCache` must give a new, empty cache for each check. Clean up in the hooks
 * of your test runner.
 */
export function cacheContract(
  makeCache: () => Promise<CredentialCache>,
  options: CacheContractOptions = {},
): readonly Check[] {
  const {again, spoil, strangers} = options
  return [
    ...usual(makeCache),
    ...(again ? lasting(makeCache, again) : []),
    ...(spoil ? [spoilt(makeCache, spoil)] : []),
    ...(strangers ? [neighbourly(makeCache, strangers)] : []),
  ]
}

function usual(makeCache: () => Promise<CredentialCache>): readonly Check[] {
  return [
    {
      name: 'gives back what was written, with the second it ends',
      async run() {
        const cache = await makeCache()
        await cache.ready?.()
        await cache.write('provider/a', entryOf('value'))
        await has(cache, 'provider/a', 'value')
        if (cache.expiresAt) assert.deepEqual(await cache.expiresAt('provider/a'), end)
      },
    },
    {
      name: 'knows nothing of what was never written, and removes it without complaint',
      async run() {
        const cache = await makeCache()
        await lacks(cache, 'provider/a')
        assert.equal(await cache.expiresAt?.('provider/a'), undefined)
        await cache.remove('provider/a')
        await cache.clear('provider/')
        await cache.clear()
      },
    },
    {
      name: 'keeps the last of two values',
      async run() {
        const cache = await makeCache()
        await cache.write('provider/a', entryOf('first, and longer'))
        await cache.write('provider/a', entryOf('second'))
        await has(cache, 'provider/a', 'second')
      },
    },
    {
      name: 'keeps 20 kB, and characters of any script',
      async run() {
        const cache = await makeCache()
        const long = `${'x'.repeat(20_000)} äöü 日本語 \u0000 "\\ \r\n`
        await cache.write('provider/a', entryOf(long))
        await has(cache, 'provider/a', long)
      },
    },
    {
      name: 'gives back an entry that has expired: the host judges time',
      async run() {
        const cache = await makeCache()
        const ended = {value: 'ended', expiresAt: new Date('2001-01-01T00:00:00Z')}
        await cache.write('provider/a', ended)
        const found = await cache.read('provider/a')
        assert.ok(found === undefined || found.value === 'ended')
        if (found) assert.deepEqual(found.expiresAt, ended.expiresAt)
      },
    },
    {
      name: 'forgets one entry, those of a provider, or all',
      async run() {
        const cache = await makeCache()
        const keys = ['one/a', 'one/b', 'one', 'oneself/a', 'two/a']
        for (const key of keys) await cache.write(key, entryOf(key))
        await cache.remove('one/a')
        assert.deepEqual(await there(cache, keys), ['one/b', 'one', 'oneself/a', 'two/a'])
        await cache.clear('one/')
        assert.deepEqual(await there(cache, keys), ['one', 'oneself/a', 'two/a'])
        await cache.clear()
        assert.deepEqual(await there(cache, keys), [])
      },
    },
    {
      name: 'keeps each of many entries that are written at once',
      async run() {
        const cache = await makeCache()
        const keys = Array.from({length: 8}, (_, index) => `provider/${index}`)
        await Promise.all(keys.map(key => cache.write(key, entryOf(key))))
        for (const key of keys) await has(cache, key, key)
      },
    },
  ]
}

function lasting(makeCache: () => Promise<CredentialCache>, again: () => Promise<CredentialCache>): readonly Check[] {
  return [
    {
      name: 'shows the next process what it was given',
      async run() {
        await (await makeCache()).write('provider/a', entryOf('value'))
        await has(await again(), 'provider/a', 'value')
      },
    },
    {
      name: 'shows no process what another one has removed',
      async run() {
        const [first, second] = [await makeCache(), await again()]
        await first.write('provider/a', entryOf('value'))
        await has(second, 'provider/a', 'value')
        await second.clear('provider/')
        await lacks(first, 'provider/a')
      },
    },
    {
      name: 'keeps one whole value when two processes write the same entry at once',
      async run() {
        const [first, second] = [await makeCache(), await again()]
        const values = ['a'.repeat(5000), 'b'.repeat(5000)] as const
        await Promise.all([
          first.write('provider/a', entryOf(values[0])),
          second.write('provider/a', entryOf(values[1])),
        ])
        const found = await (await again()).read('provider/a')
        assert.ok(found && values.some(value => value === found.value), 'neither of the two values is whole')
      },
    },
  ]
}

function spoilt(makeCache: () => Promise<CredentialCache>, spoil: () => Promise<void>): Check {
  return {
    name: 'treats a damaged entry as absent, and writes it anew',
    async run() {
      const cache = await makeCache()
      await cache.write('provider/spoilt', entryOf('value'))
      await spoil()
      await lacks(cache, 'provider/spoilt')
      await cache.write('provider/spoilt', entryOf('healed'))
      await has(cache, 'provider/spoilt', 'healed')
    },
  }
}

function neighbourly(
  makeCache: () => Promise<CredentialCache>,
  strangers: NonNullable<CacheContractOptions['strangers']>,
): Check {
  return {
    name: 'leaves alone what is not its own when it is cleared',
    async run() {
      const cache = await makeCache()
      await cache.write('provider/a', entryOf('value'))
      await strangers.plant()
      await cache.clear('provider/')
      assert.ok(await strangers.remain(), 'it was removed with the entries of a provider')
      await cache.clear()
      assert.ok(await strangers.remain(), 'it was removed with all entries')
      await lacks(cache, 'provider/a')
    },
  }
}

const end = new Date('2099-01-01T00:00:00Z')

function entryOf(value: string): CacheEntry {
  return {value, expiresAt: end}
}

async function has(cache: CredentialCache, key: string, value: string): Promise<void> {
  // A value is a secret, so the message of a failed comparison must not show it.
  const found = await cache.read(key)
  assert.ok(found, `"${key}" is absent`)
  assert.ok(found.value === value, `"${key}" has another value than the one written`)
  assert.deepEqual(found.expiresAt, end)
}

async function lacks(cache: CredentialCache, key: string): Promise<void> {
  assert.ok((await cache.read(key)) === undefined, `"${key}" is still there`)
}

async function there(cache: CredentialCache, keys: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const key of keys) if (await cache.read(key)) found.push(key)
  return found
}
