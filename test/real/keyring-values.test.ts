import type {ChildProcess} from 'node:child_process'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {type KeyringDependencies, systemKeyring} from '../../src/outside/system/keyring.ts'
import {keyringCache} from '../../src/providers/keyring-cache.ts'
import {behavesAsCache} from '../support/cache-suite.ts'
import {type MovableClock, movableClock} from '../support/dependencies.ts'
import {inTurn} from '../support/in-turn.ts'
import {killed} from '../support/keyring-scene.ts'
import {type SessionBus, startSessionBus} from '../support/session-bus.ts'

const password = 'password of the keyring'

describe('the real gnome-keyring, asked by this process', () => {
  // The library keeps to the first bus that a process shows it.
  let bus: SessionBus
  let daemon: ChildProcess
  let prompter: ChildProcess | undefined
  let clock: MovableClock
  let told: string[]
  let givenUp = 0
  const variable = process.env.DBUS_SESSION_BUS_ADDRESS

  before(async () => {
    bus = await startSessionBus()
    process.env.DBUS_SESSION_BUS_ADDRESS = bus.env.DBUS_SESSION_BUS_ADDRESS
  })
  after(async () => {
    if (variable === undefined) delete process.env.DBUS_SESSION_BUS_ADDRESS
    else process.env.DBUS_SESSION_BUS_ADDRESS = variable
    await bus.stop()
  })
  beforeEach(async () => {
    daemon = await bus.startKeyring(password)
    clock = movableClock()
    told = []
    givenUp = 0
  })
  afterEach(async () => {
    // Without the prompter the library's thread comes to an end too.
    if (prompter) await killed(prompter)
    prompter = undefined
    await killed(daemon)
  })

  const keyring = (changes: Partial<KeyringDependencies> = {}) =>
    systemKeyring({
      clock,
      attended: false,
      tell: text => void told.push(text),
      interruption: new AbortController().signal,
      onGivenUp: () => void givenUp++,
      ...changes,
    })

  describe('keeps', () => {
    for (const [what, value] of [
      ['one character', 'x'],
      ['1,280 characters', 'x'.repeat(1280)],
      ['more than Windows takes', 'x'.repeat(2561)],
      ['the length of a refresh token', 'eyJ'.repeat(1400)],
      ['characters of any script', 'äöü 日本語 👋🏽 "\\'],
      ['NUL and other controls', 'a\u0000b\u0001\u001b[0m\n'],
    ] as const) {
      it(`${what}, unchanged`, async () => {
        await keyring().set('item', value)
        expect(await keyring().get('item')).to.equal(value)
      })
    }

    it('the last of two values, until it is removed; then there is none, which is not a failure', async () => {
      for (const value of ['first', 'second']) await keyring().set('item', value)
      expect(await keyring().get('item')).to.equal('second')
      await keyring().remove('item')
      expect(await keyring().get('item')).to.equal(undefined)
      expect([told.length, givenUp]).to.deep.equal([0, 0])
    })
  })

  describe('under the cache "keyring"', () => {
    let folder = ''
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'aws-oidc-cache-'))
    })
    afterEach(() => rm(folder, {recursive: true, force: true}))

    behavesAsCache(async () =>
      keyringCache({
        directory: join(folder, 'v1'),
        keyring: keyring(),
        exclusively: inTurn(),
        log: {debug: () => undefined, info: () => undefined, warn: () => undefined},
        interactive: false,
        signal: new AbortController().signal,
        env: {},
      }),
    )
  })

  /** The keyring locked again, with a prompter that never answers, or without one. */
  async function lockAgain(prompts: 'hang' | 'fail'): Promise<void> {
    await keyring().set('item', 'value')
    await killed(daemon)
    if (prompts === 'hang') prompter = await bus.startSilentService('org.gnome.keyring.SystemPrompter')
    daemon = await bus.startKeyring()
  }

  /** The state of a call that may never end. */
  function watched(work: Promise<unknown>): {readonly ended: Promise<void>; with: unknown} {
    const watching: {ended: Promise<void>; with: unknown} = {ended: Promise.resolve(), with: undefined}
    watching.ended = work.then(
      () => undefined,
      (error: unknown) => {
        watching.with = error
      },
    )
    return watching
  }

  it('locked, without anything to show a prompt, does not count as empty', async () => {
    await lockAgain('fail')
    const failure = await keyring()
      .get('item')
      .catch((error: unknown) => error)
    expect(failure).to.include({code: 'UNAVAILABLE'})
  })

  for (const [who, attended, seconds] of [
    ['no user', false, 3],
    ['a user at the terminal', true, 30],
  ] as const) {
    it(`locked, with a prompt and ${who} to answer it, is waited for ${seconds} seconds, once`, async () => {
      await lockAgain('hang')
      const own = keyring({attended})
      const first = watched(own.get('item'))
      await new Promise(setImmediate)
      clock.advance(seconds * 1000 - 1)
      await new Promise(setImmediate)
      expect([first.with, givenUp]).to.deep.equal([undefined, 0])
      clock.advance(1)
      await first.ended
      expect(first.with).to.include({code: 'UNAVAILABLE'})
      expect(first.with).to.have.property('message').that.includes(`no answer within ${seconds} s`)
      expect([givenUp, told.length]).to.deep.equal([1, attended ? 1 : 0])
      const second = watched(own.set('other', 'value'))
      await new Promise(setImmediate)
      expect(second.with).to.include({code: 'UNAVAILABLE'})
    })
  }
})
