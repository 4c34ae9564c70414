import {expect} from 'chai'
import type {CacheEntry, CredentialCache} from '../../src/plugin.ts'
import {memoryCache} from '../../src/providers/memory-cache.ts'
import {type CacheContractOptions, cacheContract} from '../../src/testing/index.ts'

/** The names of the checks that a cache fails. */
async function failedBy(make: () => Promise<CredentialCache>, options?: CacheContractOptions) {
  const failed: string[] = []
  for (const {name, run} of cacheContract(make, options)) await run().catch(() => failed.push(name))
  return failed
}

/** A cache over a map that tests of a second process share, with a step that a broken one does differently. */
function cacheOn(entries: Map<string, CacheEntry>, change: Partial<CredentialCache> = {}): CredentialCache {
  return {
    read: async key => entries.get(key),
    async write(key, entry) {
      entries.set(key, entry)
    },
    async remove(key) {
      entries.delete(key)
    },
    async clear(prefix = '') {
      for (const key of entries.keys()) if (key.startsWith(prefix) && !key.startsWith('stranger')) entries.delete(key)
    },
    ...change,
  }
}

/** A store that outlives its caches, as a folder does. */
function lastingStore(change: (entries: Map<string, CacheEntry>) => Partial<CredentialCache> = () => ({})) {
  let entries = new Map<string, CacheEntry>()
  const open = async () => cacheOn(entries, change(entries))
  const make = async () => {
    entries = new Map()
    return open()
  }
  const options: CacheContractOptions = {
    again: open,
    spoil: async () => void entries.delete('provider/spoilt'),
    strangers: {
      plant: async () => void entries.set('stranger', {value: 'not yours', expiresAt: new Date(0)}),
      remain: async () => entries.has('stranger'),
    },
  }
  return {make, options}
}

describe('the contract of caches', () => {
  it('is kept by a cache that does what it says', async () => {
    const {make, options} = lastingStore()
    expect(await failedBy(make, options)).to.deep.equal([])
    expect(cacheContract(make, options).length - cacheContract(make).length, 'what only some can show').to.equal(5)
  })

  const broken: readonly (readonly [string, string, (entries: Map<string, CacheEntry>) => Partial<CredentialCache>])[] =
    [
      [
        'keeps the first of two values',
        'keeps the last of two values',
        entries => ({write: async (key, entry) => void (entries.has(key) || entries.set(key, entry))}),
      ],
      [
        'cuts long values',
        'keeps 20 kB, and characters of any script',
        entries => ({
          write: async (key, {value, expiresAt}) => void entries.set(key, {value: value.slice(0, 2560), expiresAt}),
        }),
      ],
      [
        'loses characters',
        'keeps 20 kB, and characters of any script',
        entries => ({
          write: async (key, {value, expiresAt}) =>
            void entries.set(key, {value: Buffer.from(value, 'latin1').toString('latin1'), expiresAt}),
        }),
      ],
      [
        'ends entries a day later',
        'gives back what was written, with the second it ends',
        entries => ({
          write: async (key, {value, expiresAt}) =>
            void entries.set(key, {value, expiresAt: new Date(expiresAt.getTime() + 86_400_000)}),
        }),
      ],
      [
        'complains of removing what is not there',
        'knows nothing of what was never written, and removes it without complaint',
        entries => ({
          async remove(key) {
            if (!entries.delete(key)) throw new Error('no such entry')
          },
        }),
      ],
      [
        'forgets too little',
        'forgets one entry, those of a provider, or all',
        entries => ({clear: async prefix => void (prefix === undefined && entries.clear())}),
      ],
      [
        'forgets too much',
        'forgets one entry, those of a provider, or all',
        entries => ({
          async clear(prefix = '') {
            for (const key of entries.keys()) if (key.startsWith(prefix.replace('/', ''))) entries.delete(key)
          },
        }),
      ],
      [
        'loses what is written at once',
        'keeps each of many entries that are written at once',
        entries => ({
          async write(key, entry) {
            const before = [...entries]
            await Promise.resolve()
            entries.clear()
            for (const [name, value] of [...before, [key, entry] as const]) entries.set(name, value)
          },
        }),
      ],
      [
        'clears what is not its own',
        'leaves alone what is not its own when it is cleared',
        entries => ({
          async clear(prefix = '') {
            for (const key of entries.keys()) if (key.startsWith(prefix)) entries.delete(key)
          },
        }),
      ],
      [
        'holds to what was ruined',
        'treats a damaged entry as absent, and writes it anew',
        entries => {
          const copies = new Map<string, CacheEntry>()
          return {
            read: async key => copies.get(key),
            async write(key, entry) {
              copies.set(key, entry)
              entries.set(key, entry)
            },
          }
        },
      ],
    ]
  for (const [words, check, change] of broken) {
    it(`finds a cache that ${words}`, async () => {
      const {make, options} = lastingStore(change)
      expect(await failedBy(make, options)).to.include(check)
    })
  }

  it('finds a cache that forgets when the command ends, although it claims to last', async () => {
    const make = async () => memoryCache()
    expect(await failedBy(make, {again: make})).to.deep.equal([
      'shows the next process what it was given',
      'shows no process what another one has removed',
      'keeps one whole value when two processes write the same entry at once',
    ])
  })

  it('shows no value of an entry in its complaints', async () => {
    const forgetful = async () => cacheOn(new Map(), {read: async () => ({value: 'SECRET', expiresAt: new Date(0)})})
    for (const {run} of cacheContract(forgetful)) {
      const failure = await run().catch(error => error)
      expect(String(failure)).not.to.include('SECRET')
    }
  })
})
