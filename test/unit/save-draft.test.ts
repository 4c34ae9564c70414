import {expect} from 'chai'
import type {Keyring} from '../../src/plugin.ts'
import {type Draft, saveDraft} from '../../src/setup/draft.ts'

/** A keyring in memory that refuses to store some names. */
function keyringWith(items: Map<string, string>, refused: readonly string[] = []): Keyring {
  return {
    get: async name => items.get(name),
    async set(name, value) {
      if (refused.includes(name)) throw new Error('locked')
      items.set(name, value)
    },
    remove: async name => void items.delete(name),
  }
}

const draft: Draft = {
  provider: 'corp',
  existing: undefined,
  strategy: 'oidc',
  fields: [],
  answers: new Map(),
  secrets: new Map([
    ['corp.first', 'new'],
    ['corp.second', 'new'],
  ]),
}

async function failureOf(work: Promise<void>): Promise<unknown> {
  return work.then(
    () => 'it was saved',
    ({message}) => message,
  )
}

describe('a draft that is saved', () => {
  const kept = () => new Map([['secret/corp.first', 'old']])

  it('stores its secrets', async () => {
    const items = kept()
    await saveDraft(draft, undefined, {keyring: keyringWith(items), editConfiguration: async () => undefined})
    expect([...items.values()]).to.deep.equal(['new', 'new'])
  })

  it('leaves the keyring as it was where one of its secrets can not be stored', async () => {
    const items = kept()
    const deps = {keyring: keyringWith(items, ['secret/corp.second']), editConfiguration: async () => undefined}
    expect(await failureOf(saveDraft(draft, undefined, deps))).to.equal('locked')
    expect(items).to.deep.equal(kept())
  })

  it('leaves the keyring as it was where the configuration can not be written', async () => {
    const items = kept()
    const editConfiguration = () => Promise.reject(new Error('no space'))
    expect(await failureOf(saveDraft(draft, undefined, {keyring: keyringWith(items), editConfiguration}))).to.equal(
      'no space',
    )
    expect(items).to.deep.equal(kept())
  })
})
