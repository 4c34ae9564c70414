import {expect} from 'chai'
import type {MemoryFolders} from '../../src/outside/memory-folder.ts'
import {type HotParts, hotCopiesOf} from '../../src/tasks/hot-copies.ts'
import type {Issued} from '../../src/tasks/issued.ts'
import {plansFor} from '../../src/tasks/plan.ts'
import {makeStage} from '../support/parts.ts'

/** What is in the folder when a copy was to be made, and how often all of it was removed. */
async function keepWith(cache: Omit<HotParts['cache'], 'directory'>, identities: readonly string[] = ['1-2-3-4']) {
  const files = new Set<string>()
  let [removals, looks] = [0, 0]
  const folders: MemoryFolders = {
    open: async () => ({
      path: '/run/user/1/aws-oidc',
      read: async () => undefined,
      put: async name => void files.add(name),
      list: async () => [],
      remove: async name => void files.delete(name),
    }),
    place: async () => '/run/user/1/aws-oidc',
    removeAll: async () => void removals++,
    look: async () => {
      const id = identities[looks++] ?? identities.at(-1)
      return id === undefined ? undefined : {id, modifiedAt: new Date(0), changedAt: new Date(0)}
    },
  }
  const parts = makeStage().call()
  const [plan] = plansFor({profile: 'developer'}, parts)
  if (!plan) throw new Error('a profile has a plan')
  const now = parts.clock.now()
  const expiresAt = new Date(now.getTime() + 3_600_000)
  const credentials = {accessKeyId: 'ASIA1', secretAccessKey: 'secret', sessionToken: 'token', expiration: expiresAt}
  const issued: Issued = {credentials, role: 'developer', accountId: '123456789012', obtainedAt: now, expiresAt}
  await parts.store.write(plan.steps[0].key, JSON.stringify({...issued, ...credentials}), expiresAt)
  const hot = hotCopiesOf({
    ...parts,
    configuration: {hotCopies: 'auto'},
    cache: {...cache, directory: '/cache'},
    own: {name: 'aws-oidc', root: '/aws-oidc', manifest: {}},
    plugins: [],
    watched: [],
    lookedAt: now,
    folders,
  })
  await hot.keep(plan, issued)
  return {made: files.has('developer:'), removals, told: 'folder' in (await hot.place())}
}

describe('hot copies', () => {
  it('are made of what the keyring seals where nobody has chosen it', async () => {
    expect(await keepWith({id: 'keyring', byHand: false})).to.deep.equal({made: true, removals: 0, told: true})
  })

  it('are not made of what it seals where somebody has chosen it, and those from before are removed', async () => {
    expect(await keepWith({id: 'keyring', byHand: true})).to.deep.equal({made: false, removals: 1, told: false})
  })

  it('are made beside files in plain text, and not beside a plugin’s cache', async () => {
    expect(await keepWith({id: 'file', byHand: true})).to.deep.equal({made: true, removals: 0, told: true})
    expect(await keepWith({id: 'pass', byHand: true})).to.deep.equal({made: false, removals: 0, told: false})
  })

  it('don’t outlive a logout that comes while they are made', async () => {
    expect(await keepWith({id: 'file', byHand: true}, ['1-2-3-4', '5-6-7-8'])).to.include({made: false})
  })
})
