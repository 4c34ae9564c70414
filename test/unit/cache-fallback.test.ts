import {expect} from 'chai'
import {type CacheMachine, days, makeCacheMachine, minutes} from '../support/cache-machine.ts'
import {entry} from '../support/cache-suite.ts'

describe('the keyring, where it is not configured,', () => {
  let machine: CacheMachine
  beforeEach(async () => {
    machine = await makeCacheMachine()
  })
  afterEach(() => machine.remove())

  /** What a call that signs a user in does. */
  async function signIn(value: string, changes = {}, key = 'a'): Promise<void> {
    const {cache} = await machine.choose('auto', changes)
    await cache.ready?.()
    await cache.write(key, entry(value))
  }
  const read = async (key = 'a') => (await (await machine.choose()).cache.read(key))?.value

  it('costs no result when it fails: files are used, with one warning, and that is remembered for a week', async () => {
    machine.lock()
    await signIn('1')
    expect(await read()).to.equal('1')
    expect(await machine.forms()).to.deep.equal({a: 'none'})
    expect(machine.warnings).to.have.length(1)
    expect(machine.warnings[0]).to.match(/^It is locked\. .*refresh tokens are stored in plain text.*"cache: file"/)

    machine.passes(6 * days)
    expect(await machine.choose()).to.include({id: 'file', insteadOfKeyring: 'It is locked.'})
    machine.passes(2 * days)
    expect((await machine.choose()).id).to.equal('keyring')
    await signIn('2')
    expect(machine.warnings, 'the same failure needs no second warning').to.have.length(1)
  })

  it('is tried again after an hour where it has worked, without a second warning', async () => {
    await signIn('1')
    machine.lock()
    await signIn('2')
    machine.passes(59 * minutes)
    expect((await machine.choose()).id).to.equal('file')
    machine.passes(2 * minutes)
    expect((await machine.choose()).id).to.equal('keyring')
    await signIn('3')
    expect(machine.warnings).to.have.length(1)
    machine.unlock()
    machine.passes(61 * minutes)
    await signIn('4')
    machine.lock()
    await signIn('5')
    expect(machine.warnings, 'a new failure after it worked').to.have.length(2)
  })

  it('is tried again after an hour even when it worked and failed in the same call', async () => {
    const {cache} = await machine.choose()
    await cache.ready?.()
    machine.lock()
    // Without its key it has to ask for one again.
    await cache.clear('')
    await cache.write('a', entry('1'))
    expect(await machine.forms()).to.deep.equal({a: 'none'})
    machine.passes(59 * minutes)
    expect((await machine.choose()).id).to.equal('file')
    machine.passes(2 * minutes)
    expect((await machine.choose()).id).to.equal('keyring')
  })

  it('is tried again at once when a user signs in by hand', async () => {
    machine.lock()
    await signIn('1')
    machine.unlock()
    expect((await machine.choose()).id).to.equal('file')
    await signIn('2', {byUser: true})
    expect(await machine.forms()).to.deep.equal({a: 'A256GCM'})
    expect((await machine.choose()).id, 'and remembers that it works').to.equal('keyring')
  })

  for (const [what, keyring] of [
    ['has no key, and accepts none', {set: () => Promise.reject(unavailable())}],
    ['accepts a key and forgets it', {set: async () => undefined}],
    ['has the key, and does not return it', {get: () => Promise.reject(unavailable())}],
  ] as const) {
    it(`counts as failed when it ${what}: files are used`, async () => {
      const home = {
        keyring: {get: async () => undefined, set: async () => undefined, remove: async () => undefined, ...keyring},
      }
      await signIn('1', {home})
      expect(await machine.forms()).to.deep.equal({a: 'none'})
      expect(machine.warnings).to.have.length(1)
    })
  }

  it('is not asked again in a call in which it has failed', async () => {
    await signIn('1')
    machine.lock()
    const {cache} = await machine.choose()
    const before = machine.asked()
    await cache.read('a')
    await cache.ready?.()
    await cache.read('a')
    await cache.write('b', entry('2'))
    expect(machine.asked() - before).to.equal(1)
    expect(await cache.read('b')).to.deep.equal(entry('2'))
  })

  it('is asked by one of many calls at once: the others see its failure, and the entries stored since', async () => {
    machine.lock()
    const [holder, readOnly, ...waiting] = await Promise.all([1, 2, 3, 4].map(() => machine.choose()))
    await holder?.cache.ready?.()
    await holder?.cache.write('a', entry('1'))
    const before = machine.asked()
    for (const {cache} of waiting) {
      await cache.ready?.()
      expect(await cache.read('a')).to.deep.equal(entry('1'))
    }
    expect(await readOnly?.cache.read('a')).to.deep.equal(entry('1'))
    expect(machine.asked()).to.equal(before)
    expect(machine.warnings).to.have.length(1)
  })

  it('is used again after a short failure, before a sign-in would be needed', async () => {
    await signIn('sealed')
    machine.lock()
    expect(await read()).to.equal(undefined)
    machine.unlock()
    expect(await read(), 'not within a minute: it may hang').to.equal(undefined)
    machine.passes(1.1 * minutes)
    expect(await read()).to.equal('sealed')
    expect((await machine.choose()).id).to.equal('keyring')
  })

  it('is asked again once a minute while out of order, and only for a sealed entry', async () => {
    await signIn('sealed')
    machine.lock()
    await read()
    machine.passes(2 * minutes)
    const before = machine.asked()
    for (const key of ['b', 'a', 'a']) await read(key)
    expect(machine.asked() - before).to.equal(1)
  })

  it('is not asked for expired entries while out of order', async () => {
    await signIn('sealed')
    machine.passes(100 * 365 * days)
    machine.lock()
    await read()
    machine.passes(2 * minutes)
    const before = machine.asked()
    await read()
    expect(machine.asked()).to.equal(before)
  })

  it('is not asked again where its failure can not be noted', async () => {
    await signIn('sealed')
    machine.lock()
    const note = {read: async () => undefined, write: () => Promise.reject(new Error('EROFS'))}
    const {cache} = await machine.choose('auto', {note})
    const before = machine.asked()
    for (const _ of [1, 2]) expect(await cache.read('a')).to.equal(undefined)
    expect(machine.asked() - before).to.equal(1)
  })

  it('seals entries written after it works again: otherwise a used token would come back', async () => {
    await signIn('first token')
    machine.lock()
    await read()
    machine.unlock()
    machine.passes(2 * minutes)
    const {id, cache} = await machine.choose()
    expect(id).to.equal('file')
    expect((await cache.read('a'))?.value).to.equal('first token')
    await cache.write('a', entry('second token'))
    expect(await machine.forms()).to.deep.equal({a: 'A256GCM'})
    expect(await read()).to.equal('second token')
  })

  it('uses entries stored in plain text while it was out of order, and seals them', async () => {
    await signIn('first')
    machine.lock()
    await signIn('second')
    machine.unlock()
    machine.passes(2 * 60 * minutes)
    const {id, cache} = await machine.choose()
    expect(id).to.equal('keyring')
    expect((await cache.read('a'))?.value).to.equal('second')
    await cache.ready?.()
    await cache.write('a', entry('third'))
    expect(await machine.forms()).to.deep.equal({a: 'A256GCM'})
  })

  it('ignores plain text of any other time, and removes it, of all providers, with its next write', async () => {
    const file = await machine.choose('file')
    for (const key of ['one/a', 'two/a']) await file.cache.write(key, entry('plain'))
    expect(await read('one/a')).to.equal(undefined)
    await signIn('sealed', {}, 'three/a')
    expect(await machine.forms()).to.deep.equal({'three/a': 'A256GCM'})
  })

  it('is not blamed for a cache folder that can not be written', async () => {
    const {cache} = await machine.choose('auto', {home: {directory: '/dev/null/v1'}})
    await cache.ready?.()
    const failure = await cache.write('a', entry('1')).catch(error => error)
    expect(failure).to.have.property('code').that.is.oneOf(['ENOTDIR', 'EEXIST'])
    expect(machine.warnings).to.deep.equal([])
  })

  it('causes no warning about plain text until an entry is stored in it, and then one', async () => {
    machine.lock()
    const {cache} = await machine.choose('auto', {home: {directory: '/dev/null/v1'}})
    await cache.ready?.()
    await cache.write('a', entry('1')).catch(() => undefined)
    expect(machine.warnings).to.deep.equal([])
    for (const value of ['2', '3']) await signIn(value)
    expect(machine.warnings).to.have.length(1)
    expect(machine.warnings[0]).to.match(/^It is locked\. .*refresh tokens are stored in plain text/)
  })

  it('tells when an entry expires, whether or not it can be opened', async () => {
    await signIn('sealed')
    machine.lock()
    const {cache} = await machine.choose()
    await cache.read('a')
    expect(await cache.expiresAt?.('a')).to.deep.equal(entry('').expiresAt)
  })

  for (const [what, when] of [
    ['works', () => machine.unlock()],
    ['has failed', () => machine.lock()],
  ] as const) {
    it(`and files are cleared together while it ${what}`, async () => {
      await signIn('sealed', {}, 'one/a')
      when()
      await (
        await machine.choose('auto', {note: {read: async () => undefined, write: async () => undefined}})
      ).cache.ready?.()
      await (await machine.choose('file')).cache.write('one/b', entry('plain'))
      await (await machine.choose('file')).cache.write('two/a', entry('plain'))
      const {cache} = await machine.choose()
      await cache.remove('one/b')
      expect(Object.keys(await machine.forms())).to.have.members(['one/a', 'two/a'])
      await cache.clear('one/')
      expect(Object.keys(await machine.forms())).to.deep.equal(['two/a'])
      await cache.clear('')
      expect(await machine.forms()).to.deep.equal({})
    })
  }
})

function unavailable(): Error {
  return Object.assign(new Error('It is out of order.'), {code: 'UNAVAILABLE'})
}
