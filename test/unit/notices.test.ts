import {expect} from 'chai'
import {type Notice, withNotices} from '../../src/credentials/notices.ts'
import type {FederationStrategy, Identity, Proof} from '../../src/plugin.ts'
import {fakeHost} from '../../src/testing/index.ts'

const proof: Proof = {kind: 'web-identity', token: 'a.b.c'}
const role = {accountId: '123456789012', name: 'developer'}

describe('a notice of a strategy', () => {
  let shown: string[] = []
  let notice: Notice = () => () => undefined
  beforeEach(() => {
    shown = []
  })

  function strategyWith(
    change: Partial<FederationStrategy<Record<string, unknown>>>,
  ): FederationStrategy<Record<string, unknown>> {
    const usual = {settings: {}, signIn: async (): Promise<Identity> => ({proofFor: async () => proof})}
    const watched = withNotices({...usual, ...change}, text => {
      shown.push(text)
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

  it('leaves out of a strategy what that does not have', async () => {
    const strategy = strategyWith({})
    expect(strategy.check).to.equal(undefined)
    expect(strategy.signOut).to.equal(undefined)
    expect((await strategy.signIn({}, fakeHost())).roles).to.equal(undefined)
  })
})
