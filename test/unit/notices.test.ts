import {expect} from 'chai'
import type {FederationStrategy, Identity, Proof} from '../../src/plugin.ts'
import {type Notice, withNotices} from '../../src/strategy/notices.ts'
import {fakeHost} from '../../src/testing/index.ts'

const proof: Proof = {kind: 'web-identity', token: 'a.b.c'}
const role = {accountId: '123456789012', name: 'developer'}

describe('a notice of a strategy', () => {
  let shown: string[] = []
  let count = 0
  let notice: Notice = () => () => undefined
  beforeEach(() => {
    shown = []
    count = 0
  })

  function strategyWith(
    change: Partial<FederationStrategy<Record<string, unknown>>>,
  ): FederationStrategy<Record<string, unknown>> {
    const usual = {settings: {}, signIn: async (): Promise<Identity> => ({proofFor: async () => proof})}
    const watched = withNotices({...usual, ...change}, text => {
      shown.push(text)
      count++
      return () => {
        shown = shown.filter(other => other !== text)
      }
    })
    notice = watched.notice
    return watched.strategy
  }

  it('goes when the function is called', () => {
    strategyWith({})
    notice('Touch it.')()
    expect(shown).to.deep.equal([])
  })

  it('stays during the call, and goes with its end', async () => {
    const strategy = strategyWith({
      async signIn() {
        notice('Touch it.')
        expect(shown).to.deep.equal(['Touch it.'])
        return {proofFor: async () => proof}
      },
    })
    await strategy.signIn({}, fakeHost())
    expect(shown).to.deep.equal([])
  })

  it('goes where the call rejects', async () => {
    const strategy = strategyWith({
      async check() {
        notice('Touch it.')
        throw new Error('no')
      },
    })
    await strategy.check?.({}, fakeHost()).catch(() => undefined)
    expect(shown).to.deep.equal([])
  })

  it('of one proof stays while another one is made', async () => {
    let finish = () => {}
    const slow = new Promise<void>(resolve => {
      finish = resolve
    })
    const strategy = strategyWith({
      signIn: async () => ({
        async proofFor({name}) {
          if (name === 'slow') {
            notice('Touch it.')
            await slow
          }
          return proof
        },
      }),
    })
    const identity = await strategy.signIn({}, fakeHost())
    const making = identity.proofFor({...role, name: 'slow'})
    await identity.proofFor(role)
    expect(shown).to.deep.equal(['Touch it.'])
    finish()
    await making
    expect(shown).to.deep.equal([])
  })

  it('goes with the end of any call of the identity', async () => {
    const showing = async <Result>(answer: Result): Promise<Result> => {
      notice('Touch it.')
      return answer
    }
    const strategy = strategyWith({
      signIn: async () => ({
        roles: () => showing([role]),
        async *rolesInParts() {
          yield await showing({roles: [role]})
        },
        findRole: () => showing(role),
        proofFor: () => showing(proof),
        assigned: () => showing({proof, role}),
      }),
    })
    const identity = await strategy.signIn({}, fakeHost())
    const signal = new AbortController().signal
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      roles: async () => identity.roles?.(),
      rolesInParts: async () => {
        for await (const _ of identity.rolesInParts?.({refresh: false, signal}) ?? []);
      },
      findRole: async () => identity.findRole?.({account: role.accountId, name: role.name}),
      proofFor: () => identity.proofFor(role),
      assigned: async () => identity.assigned?.(),
    }
    for (const [name, call] of Object.entries(calls)) {
      await call()
      expect(shown, name).to.deep.equal([])
    }
    expect(count).to.equal(5)
  })

  it('leaves out of a strategy what that does not have', async () => {
    const strategy = strategyWith({})
    expect(strategy.check).to.equal(undefined)
    expect(strategy.signOut).to.equal(undefined)
    expect((await strategy.signIn({}, fakeHost())).roles).to.equal(undefined)
  })
})
