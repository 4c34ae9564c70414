import {expect} from 'chai'
import type {MemoryFolders} from '../../src/outside/memory-folder.ts'
import {hotCopiesOf} from '../../src/tasks/hot-copies.ts'
import {plansFor} from '../../src/tasks/plan.ts'
import {makeStage} from '../support/parts.ts'

describe('hot copies', () => {
  for (const [words, cache, made] of [
    ['are made of what the keyring seals where nobody has chosen it', {id: 'keyring', byHand: false}, true],
    [
      'are not made of what it seals where somebody has, and those from before are removed',
      {id: 'keyring', byHand: true},
      false,
    ],
    ['are made beside files in plain text, chosen or not', {id: 'file', byHand: true}, true],
  ] as const) {
    it(words, async () => {
      const done = {removed: 0, put: [] as string[]}
      const folders: MemoryFolders = {
        open: async () => ({
          path: '/run/user/1/aws-oidc',
          read: async () => undefined,
          put: async name => void done.put.push(name),
          list: async () => [],
          remove: async () => undefined,
        }),
        place: async () => '/run/user/1/aws-oidc',
        removeAll: async () => void done.removed++,
        look: async () => ({id: '1-2-3-4', modifiedAt: new Date(0), changedAt: new Date(0)}),
      }
      const parts = makeStage().call()
      const [plan] = plansFor({profile: 'developer'}, parts)
      const now = parts.clock.now()
      const expiration = new Date(now.getTime() + 3_600_000)
      const credentials = {accessKeyId: 'ASIA1', secretAccessKey: 'secret', sessionToken: 'token', expiration}
      const kept = {...credentials, role: 'developer', accountId: '123456789012', obtainedAt: now}
      if (!plan) throw new Error('a profile has a plan')
      await parts.store.write(plan.steps[0].key, JSON.stringify(kept), expiration)
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
      await hot.keep(plan, {
        credentials,
        role: 'developer',
        accountId: '123456789012',
        obtainedAt: now,
        expiresAt: expiration,
      })
      expect(done.put.includes('developer:')).to.equal(made)
      expect(done.removed).to.equal(made ? 0 : 1)
      expect('folder' in (await hot.place())).to.equal(made)
    })
  }
})
