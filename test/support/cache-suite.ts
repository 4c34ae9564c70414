import {expect} from 'chai'
import type {CacheEntry, CredentialCache} from '../../src/plugin.ts'

export const entry = (value: string): CacheEntry => ({value, expiresAt: new Date('2099-01-01T00:00:00Z')})

/** What every cache does. */
export function behavesAsCache(make: () => Promise<CredentialCache>): void {
  it('gives back what was written, with the second it ends', async () => {
    const cache = await make()
    await cache.write('provider/a', entry('value'))
    expect(await cache.read('provider/a')).to.deep.equal(entry('value'))
    expect(await cache.expiresAt?.('provider/a')).to.deep.equal(entry('').expiresAt)
  })

  it('knows nothing of what was never written', async () => {
    const cache = await make()
    expect(await cache.read('provider/a')).to.equal(undefined)
    expect(await cache.expiresAt?.('provider/a')).to.equal(undefined)
    await cache.remove('provider/a')
    await cache.clear()
  })

  it('keeps the last of two values', async () => {
    const cache = await make()
    await cache.write('provider/a', entry('first'))
    await cache.write('provider/a', entry('second'))
    expect(await cache.read('provider/a')).to.deep.equal(entry('second'))
  })

  it('keeps 20 kB, and characters of any script', async () => {
    const cache = await make()
    const long = `${'x'.repeat(20_000)} äöü 日本語 \u0000 "\\`
    await cache.write('provider/a', entry(long))
    expect(await cache.read('provider/a')).to.deep.equal(entry(long))
  })

  it('forgets one entry, those of a provider, or all', async () => {
    const cache = await make()
    const there = async () => {
      const found: string[] = []
      for (const key of ['one/a', 'one/b', 'two/a']) if (await cache.read(key)) found.push(key)
      return found
    }
    for (const key of ['one/a', 'one/b', 'two/a']) await cache.write(key, entry(key))
    await cache.remove('one/a')
    expect(await there()).to.deep.equal(['one/b', 'two/a'])
    await cache.clear('one/')
    expect(await there()).to.deep.equal(['two/a'])
    await cache.clear()
    expect(await there()).to.deep.equal([])
  })
}
