import {expect} from 'chai'
import {type CacheMachine, days, makeCacheMachine} from '../support/cache-machine.ts'
import {entry} from '../support/cache-suite.ts'

const noBus = {home: {env: {}}}
const failureOf = (work: Promise<unknown> | undefined): Promise<unknown> =>
  Promise.resolve(work).then(
    () => 'it worked',
    error => error,
  )

describe('the choice of a cache', () => {
  let machine: CacheMachine
  beforeEach(async () => {
    machine = await makeCacheMachine()
  })
  afterEach(() => machine.remove())

  describe('where none is configured', () => {
    it('is the keyring where there is a session bus, by variable or by socket, and on macOS and Windows', async () => {
      for (const [env, platform] of [
        [{DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/bus'}, 'linux'],
        [{XDG_RUNTIME_DIR: '/run/user/1'}, 'linux'],
        [{}, 'darwin'],
        [{}, 'win32'],
      ] as const) {
        const {id, byHand} = await machine.choose('auto', {platform, home: {env}})
        expect({id, byHand}).to.deep.equal({id: 'keyring', byHand: false})
      }
      expect(machine.asked(), 'choosing alone asks nothing of it').to.equal(0)
    })

    it('is files in plain text without one, says so once with what to do, and loads nothing native', async () => {
      const first = await machine.choose('auto', {home: {env: {XDG_RUNTIME_DIR: '/run/user/2'}}})
      expect(first).to.include({id: 'file', insteadOfKeyring: 'There is no keyring here (no D-Bus session).'})
      await first.cache.read('a')
      expect(machine.warnings, 'before anything is kept').to.deep.equal([])
      await first.cache.write('a', entry('1'))
      await first.cache.write('b', entry('2'))
      await (await machine.choose('auto', noBus)).cache.write('c', entry('3'))
      machine.passes(30 * days)
      await (await machine.choose('auto', noBus)).cache.write('c', entry('3'))
      expect(machine.warnings).to.have.length(1)
      expect(machine.warnings[0])
        .to.include('no D-Bus session')
        .and.include(`refresh tokens are stored in plain text in ${machine.directory}`)
        .and.include('"cache: file"')
        .and.include('"rememberSignIn: false"')
      expect(machine.loaded).not.to.include('keyring')
    })

    it('is the keyring on a desktop after a call over SSH, and the other way round, each reported once', async () => {
      await (await machine.choose('auto', noBus)).cache.write('a', entry('1'))
      const desktop = await machine.choose()
      expect(desktop.id).to.equal('keyring')
      await desktop.cache.ready?.()
      await desktop.cache.write('a', entry('2'))
      expect(await machine.forms()).to.deep.equal({a: 'A256GCM'})
      await (await machine.choose('auto', noBus)).cache.write('a', entry('3'))
      expect(machine.warnings).to.have.length(1)
    })

    it('is "memory" where there is no folder', async () => {
      expect(await machine.choose('auto', {home: {directory: ''}})).to.include({
        id: 'memory',
        byHand: false,
        insteadOfKeyring: 'There is no folder for files here.',
      })
    })

    it('is "memory" in a CI job, which is reported only to a user who signs in by hand', async () => {
      const job = await machine.choose('auto', {inCi: true})
      expect(job).to.include({id: 'memory', byHand: false})
      await job.cache.write('a', entry('1'))
      expect(machine.warnings).to.deep.equal([])
      const login = await machine.choose('auto', {inCi: true, byUser: true})
      for (const key of ['a', 'b']) await login.cache.write(key, entry('1'))
      expect(machine.warnings).to.deep.equal([
        'This is a CI job (CI is set). Nothing is kept when this command ends, unless you set "cache: file".',
      ])
      expect(await machine.forms()).to.deep.equal({})
      expect(machine.asked()).to.equal(0)
      expect((await machine.choose('file', {inCi: true})).id, 'unless told').to.equal('file')
    })

    for (const [what, text] of [
      ['empty', ''],
      ['cut short', '{"failure":{"at"'],
      ['another JSON', '[]'],
      ['null', 'null'],
      ['of other types', '{"failure":7,"used":9,"worked":"yes","saidMissing":1}'],
      ['without a date', '{"failure":{"at":"soon","reason":"x"}}'],
      ['from the future', '{"worked":true,"failure":{"at":"2099-01-01T00:00:00Z","reason":"x"}}'],
      ['of unknown names', '{"used":["../../etc",{"a":1},"__proto__"],"__proto__":{"worked":true}}'],
    ] as const) {
      it(`is not confused by a note that is ${what}`, async () => {
        machine.note = text
        const {id, cache} = await machine.choose()
        expect(id).to.equal('keyring')
        await cache.ready?.()
        await cache.write('a', entry('1'))
        expect(await machine.forms()).to.deep.equal({a: 'A256GCM'})
        expect(machine.warnings).to.deep.equal([])
      })
    }

    it('needs no note: one that can be neither read nor written only repeats the warning', async () => {
      machine.lock()
      const note = {read: () => Promise.reject(new Error('EACCES')), write: () => Promise.reject(new Error('EROFS'))}
      for (const _ of [1, 2]) {
        const {cache} = await machine.choose('auto', {note})
        await cache.ready?.()
        await cache.write('a', entry('1'))
        expect(await cache.read('a')).to.deep.equal(entry('1'))
      }
      expect(machine.warnings).to.have.length(2)
    })
  })

  describe('where one is configured', () => {
    it('is strict: files do not replace a failing keyring', async () => {
      machine.lock()
      const {byHand, cache} = await machine.choose('keyring', noBus)
      expect(byHand).to.equal(true)
      for (const work of [cache.ready?.(), cache.write('a', entry('1'))])
        expect(await failureOf(work)).to.include({message: 'It is locked.'})
      expect(machine.loaded).to.deep.equal(['keyring'])
      expect(await machine.forms()).to.deep.equal({})
    })

    it('of a cache that is not installed is an error', async () => {
      expect(await failureOf(machine.choose('keyrung'))).to.be.instanceOf(Error)
    })
  })

  describe('when it changes', () => {
    it('clears the former cache, so that nothing old is served later', async () => {
      await (await machine.choose('file')).cache.write('a', entry('old'))
      await (await machine.choose('pass')).cache.write('a', entry('new'))
      expect(await machine.forms()).to.deep.equal({})
      await machine.choose('file')
      expect(await machine.pass.read('a')).to.equal(undefined)
    })

    it('to "memory" and back leaves everything: nothing newer was kept meanwhile', async () => {
      await (await machine.choose('pass')).cache.write('a', entry('kept'))
      await (await machine.choose('memory')).cache.write('a', entry('forgotten'))
      expect(await (await machine.choose('pass')).cache.read('a')).to.deep.equal(entry('kept'))
    })

    it('between files and keyring clears nothing: each replaces the entries of the other', async () => {
      await (await machine.choose('file')).cache.write('a', entry('plain'))
      await machine.choose('keyring')
      expect(await machine.forms()).to.deep.equal({a: 'none'})
      expect(machine.note).to.equal(undefined)
    })

    it('clears a cache that could not be cleared before, before it is used again', async () => {
      await (await machine.choose('pass')).cache.write('a', entry('old'))
      const {clear} = machine.pass
      machine.pass.clear = () => Promise.reject(new Error('locked'))
      await (await machine.choose('file')).cache.write('a', entry('new'))
      await machine.choose('file')
      machine.pass.clear = clear
      expect(await (await machine.choose('pass')).cache.read('a')).to.equal(undefined)
    })

    it('notes which caches are in use, whatever the keyring does in the same call', async () => {
      await machine.choose('pass')
      const {cache} = await machine.choose()
      await cache.ready?.()
      machine.lock()
      await cache.write('a', entry('1'))
      expect(JSON.parse(machine.note ?? '')).to.deep.include({used: ['file'], worked: true})
    })
  })

  describe('clears the other caches', () => {
    for (const chosen of ['memory', 'pass']) {
      it(`where "${chosen}" is chosen: plain and sealed files, of one provider or all`, async () => {
        await (await machine.choose('keyring')).cache.write('one/a', entry('sealed'))
        await (await machine.choose('file')).cache.write('one/b', entry('plain'))
        await (await machine.choose('file')).cache.write('two/a', entry('plain'))
        if (chosen === 'pass') machine.note = '{"used":["pass"]}'
        const {clearOthers} = await machine.choose(chosen)
        await clearOthers('one/')
        expect(await machine.forms()).to.deep.equal({'two/a': 'none'})
        await clearOthers()
        expect(await machine.forms()).to.deep.equal({})
      })
    }

    for (const before of ['auto', 'keyring']) {
      it(`and removes the key from a keyring that has worked, chosen by "${before}"; one that has not is not asked`, async () => {
        await (await machine.choose('file')).clearOthers()
        expect(machine.asked()).to.equal(0)
        for (const chosen of ['file', 'memory']) {
          await (await machine.choose(before)).cache.ready?.()
          const {clearOthers} = await machine.choose(chosen)
          await clearOthers('one/')
          expect(machine.items.size, 'entries of other providers need it').to.equal(1)
          await clearOthers()
          expect(machine.items.size).to.equal(0)
        }
      })
    }

    it('even those of plugins, where they are still installed', async () => {
      await (await machine.choose('pass')).cache.write('one/a', entry('in pass'))
      machine.note = '{"used":["gone","pass","file"]}'
      await (await machine.choose('file')).clearOthers()
      expect(await machine.pass.read('one/a')).to.equal(undefined)
      expect(machine.warnings).to.deep.equal([
        'The entries of the cache "gone" were not removed: There is no cache "gone".',
      ])
    })

    it('and names one that can not be cleared', async () => {
      machine.note = '{"used":["pass","file"]}'
      machine.pass.clear = () => Promise.reject(new Error('pass: locked'))
      const failure = await failureOf((await machine.choose('file')).clearOthers())
      expect(failure).to.include({code: 'PLUGIN_FAILED'})
      expect(failure).to.have.property('message', 'The cache "pass" could not be cleared: pass: locked.')
    })
  })
})
