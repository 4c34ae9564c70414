import {expect} from 'chai'
import {type KeptTokens, keptTokens} from '../../src/host/kept-tokens.ts'
import type {Tokens} from '../../src/oauth/tokens.ts'
import type {Memory} from '../../src/plugin.ts'
import {Secrets} from '../../src/text/secrets.ts'

const now = new Date('2026-03-01T12:00:00Z')
const later = new Date('2026-03-01T13:00:00Z')

describe('tokens of clients that differ only in the parameters of their token requests', () => {
  let memory: Memory
  beforeEach(() => {
    memory = memoryAt(now)
  })

  const forAudience = (audience?: string, remember = true): KeptTokens => {
    const client = {issuer: new URL('https://idp.example.com'), clientId: 'c'}
    const parameters = audience === undefined ? {} : {tokenParameters: {audience}}
    return keptTokens({...client, ...parameters}, {memory, secrets: new Secrets(), now: () => now, remember})
  }

  it('share the refresh token, and nothing else', async () => {
    await forAudience('directory').save(tokensOf('alice', 1), 'sign-in')
    expect(await shownOf(forAudience('aws'))).to.deep.equal(['alice 1', undefined])
    await forAudience('aws').save(tokensOf('alice', 2), 'renewal')
    expect(await shownOf(forAudience('directory'))).to.deep.equal(['alice 2', 'id of alice 1'])
    expect(await shownOf(forAudience('aws'))).to.deep.equal(['alice 2', 'id of alice 2'])
  })

  for (const [what, other] of [
    ['another audience', 'aws'],
    ['no audience', undefined],
  ] as const) {
    it(`give nothing of an earlier user for ${what} once somebody else has signed in`, async () => {
      await forAudience('directory').save(tokensOf('alice', 1), 'sign-in')
      await forAudience(other).save(tokensOf('alice', 2), 'renewal')
      await forAudience('directory').save(tokensOf('bob', 3), 'sign-in')
      expect(await shownOf(forAudience(other))).to.deep.equal(['bob 3', undefined])
      expect((await forAudience(other).load())?.claims).to.deep.equal({sub: 'bob'})
    })
  }

  it('give nothing of an earlier user for an audience once somebody else has signed in for none', async () => {
    await forAudience('aws').save(tokensOf('alice', 1), 'sign-in')
    await forAudience().save(tokensOf('bob', 2), 'sign-in')
    expect(await shownOf(forAudience('aws'))).to.deep.equal(['bob 2', undefined])
  })

  it('are all gone once the sign-in is removed', async () => {
    await forAudience('directory').save(tokensOf('alice', 1), 'sign-in')
    await forAudience('aws').save(tokensOf('alice', 2), 'renewal')
    await forAudience('directory').remove()
    expect(await forAudience('aws').load()).to.equal(undefined)
  })

  it('are kept as long as they are valid where no refresh token is', async () => {
    await forAudience('aws', false).save(tokensOf('alice', 1), 'sign-in')
    await forAudience('directory', false).save(tokensOf('alice', 2), 'sign-in')
    expect(await shownOf(forAudience('aws', false))).to.deep.equal([undefined, 'id of alice 1'])
    expect(await shownOf(forAudience('directory', false))).to.deep.equal([undefined, 'id of alice 2'])
    await forAudience('directory', false).save(tokensOf('bob', 3), 'sign-in')
    expect(await shownOf(forAudience('aws', false))).to.deep.equal([undefined, undefined])
  })

  it('are those of nobody else where no ID token says who signed in', async () => {
    const nameless = {accessToken: 'of somebody', claims: {}, expiresAt: later}
    await forAudience('directory').save({...nameless, refreshToken: '1'}, 'sign-in')
    await forAudience('aws').save({...nameless, refreshToken: '2'}, 'renewal')
    expect((await forAudience('directory').load())?.accessToken).to.equal('of somebody')
    await forAudience('directory').save({...nameless, refreshToken: '3'}, 'sign-in')
    expect((await forAudience('aws').load())?.accessToken).to.equal('')
  })
})

async function shownOf(kept: KeptTokens) {
  const tokens = await kept.load()
  return [tokens?.refreshToken, tokens?.idToken]
}

function tokensOf(sub: string, count: number): Tokens {
  const [accessToken, idToken, refreshToken] = [`access of ${sub} ${count}`, `id of ${sub} ${count}`, `${sub} ${count}`]
  return {accessToken, idToken, refreshToken, claims: {sub}, expiresAt: later}
}

function memoryAt(time: Date): Memory {
  const entries = new Map<string, string>()
  return {
    get: async name => entries.get(name),
    set: async (name, value, expiresAt) => {
      if (expiresAt > time) entries.set(name, value)
      else entries.delete(name)
    },
    delete: async name => {
      entries.delete(name)
    },
    directory: () => Promise.reject(new Error('no directory')),
  }
}
