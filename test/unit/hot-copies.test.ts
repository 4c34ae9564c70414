import {expect} from 'chai'
import type {Issued} from '../../src/credentials/issued.ts'
import {plansFor} from '../../src/credentials/plan.ts'
import {type HotDependencies, hotCopiesOf} from '../../src/fast-path/hot-copies.ts'
import type {FileStates} from '../../src/outside/files/file-states.ts'
import type {MemoryFolders} from '../../src/outside/files/memory-folder.ts'
import type {OwnFolder} from '../../src/outside/files/own-folder.ts'
import {makeStage} from '../support/dependencies.ts'

interface Given extends Omit<HotDependencies['cache'], 'directory'> {
  readonly hotCopies?: HotDependencies['configuration']['hotCopies']
  readonly plugins?: HotDependencies['plugins']
  readonly env?: HotDependencies['env']
  /** Whether there is a folder in memory. */
  readonly memory?: boolean
  /** The identity of the entry at each look. */
  readonly identities?: readonly string[]
}

/** What is in the folders when a copy was to be made, and how often all copies were removed. */
async function keepWith({
  hotCopies = 'auto',
  plugins = [],
  env = {},
  memory = true,
  identities = ['1-2-3-4'],
  ...cache
}: Given) {
  const [copies, pointers] = [new Map<string, string>(), new Map<string, string>()]
  let [removals, looks] = [0, 0]
  const folders: MemoryFolders = {
    open: async () => (memory ? folderOf('/run/user/1/aws-oidc', copies) : undefined),
    place: async () => (memory ? '/run/user/1/aws-oidc' : undefined),
    removeAll: async () => void removals++,
  }
  const states: FileStates = {
    look: async () => {
      const id = identities[looks++] ?? identities.at(-1)
      return id === undefined ? undefined : {id, modifiedAt: new Date(0), changedAt: new Date(0)}
    },
    around: async () => ({links: [], folders: []}),
  }
  const deps = makeStage().call()
  const [plan] = plansFor({profile: 'developer'}, deps)
  if (!plan) throw new Error('a profile has a plan')
  const now = deps.clock.now()
  const expiresAt = new Date(now.getTime() + 3_600_000)
  const credentials = {accessKeyId: 'ASIA1', secretAccessKey: 'secret', sessionToken: 'token', expiration: expiresAt}
  const issued: Issued = {credentials, role: 'developer', accountId: '123456789012', obtainedAt: now, expiresAt}
  await deps.store.write(plan.steps[0].key, JSON.stringify({...issued, ...credentials}), expiresAt)
  const hot = hotCopiesOf({
    ...deps,
    configuration: {hotCopies},
    cache: {...cache, directory: '/cache'},
    own: {name: 'aws-oidc', root: '/aws-oidc', manifest: {}},
    plugins,
    env,
    watched: [],
    lookedAt: now,
    states,
    folders,
    pointers: {
      open: async () => folderOf('/cache/warm', pointers),
      removeAll: async () => pointers.clear(),
    },
  })
  await hot.keep(plan, issued)
  const [, , pointer] = (pointers.get('developer,') ?? '').split('\n')
  return {
    made: copies.has('developer:')
      ? 'copy'
      : pointer === undefined
        ? 'nothing'
        : `pointer to ${JSON.parse(pointer).cache}`,
    removals,
    told: 'folder' in (await hot.place()),
    texts: [...copies.values(), ...pointers.values()].join(''),
  }
}

function folderOf(path: string, files: Map<string, string>): OwnFolder {
  return {
    path,
    read: async name => files.get(name),
    put: async (name, text) => void files.set(name, text),
    list: async () => [],
    remove: async name => void files.delete(name),
  }
}

describe('hot copies', () => {
  it('are made of sealed entries where the keyring was not configured', async () => {
    expect(await keepWith({id: 'keyring', byHand: false})).to.include({made: 'copy', removals: 0, told: true})
  })

  it('are not made of sealed entries where the keyring was configured, and earlier copies are removed', async () => {
    expect(await keepWith({id: 'keyring', byHand: true})).to.include({
      made: 'pointer to keyring',
      removals: 1,
      told: false,
    })
  })

  it('are made with files in plain text, and not with a plugin’s cache', async () => {
    expect(await keepWith({id: 'file', byHand: true})).to.include({made: 'copy', removals: 0, told: true})
    expect(await keepWith({id: 'pass', byHand: true})).to.include({made: 'nothing', removals: 0, told: false})
  })

  it('don’t outlive a logout that comes while they are made', async () => {
    const identities = ['1-2-3-4', '5-6-7-8']
    expect(await keepWith({id: 'file', byHand: true, identities})).to.include({made: 'nothing'})
    expect(await keepWith({id: 'file', byHand: true, identities, memory: false})).to.include({made: 'nothing'})
  })
})

describe('a pointer', () => {
  it('is made where there is no memory for a copy, for both caches that keep files and for no other', async () => {
    for (const [id, made] of [
      ['keyring', 'pointer to keyring'],
      ['file', 'pointer to file'],
      ['memory', 'nothing'],
      ['pass', 'nothing'],
    ] as const) {
      expect(await keepWith({id, byHand: false, memory: false}), id).to.include({made, told: false})
    }
  })

  it('is made with "hotCopies: never", because nothing secret is in it', async () => {
    const {made, removals, texts} = await keepWith({id: 'file', byHand: true, hotCopies: 'never'})
    expect({made, removals}).to.deep.equal({made: 'pointer to file', removals: 1})
    for (const secret of ['ASIA1', 'secret', 'token']) expect(texts).not.to.include(secret)
  })

  it('is made with a plugin, whose hooks see no call of ours, unless it is linked', async () => {
    const plugin = {name: 'aws-oidc-ping', root: '/ping', manifest: {}}
    const hooks = {'aws-oidc:strategies': './a.js', init: './b.js'}
    for (const [other, made] of [
      [plugin, 'pointer to file'],
      [{...plugin, manifest: {oclif: {hooks}}}, 'pointer to file'],
      [{...plugin, linked: true}, 'nothing'],
    ] as const) {
      expect(await keepWith({id: 'file', byHand: true, memory: false, plugins: [other]})).to.include({made})
    }
  })

  it('is not made where a variable that it would name has a password in it', async () => {
    for (const [AWS_ENDPOINT_URL_STS, made] of [
      ['https://sts.example.com/a@b', 'pointer to file'],
      ['https://alice:password@sts.example.com', 'nothing'],
    ] as const) {
      expect(await keepWith({id: 'file', byHand: true, memory: false, env: {AWS_ENDPOINT_URL_STS}})).to.include({made})
    }
  })
})
