import {expect} from 'chai'
import {planAt} from '../../src/credentials/plan.ts'
import type {Role} from '../../src/plugin.ts'
import {listRoles} from '../../src/session/roles.ts'
import {makeStage} from '../support/dependencies.ts'

const offer = (account: string, name: string, accountName?: string): Role => ({
  accountId: account,
  name,
  arn: `arn:aws:iam::${account}:role/${name}`,
  ...(accountName && {accountName}),
})

const offered = [
  offer('222222222222', 'ops'),
  offer('333333333333', 'dev', 'Production (EU)'),
  offer('111111111111', 'dev'),
  offer('333333333333', 'admin', 'Production (EU)'),
]

/** What is listed of roles whose accounts a strategy may have names for. */
async function listed(...search: string[]): Promise<readonly string[]> {
  return listedWith('', ...search)
}

/** The same, with this at the end of the configuration. */
async function listedWith(more: string, ...search: string[]): Promise<readonly string[]> {
  const stage = makeStage(`providers:\n  corp: {strategy: fake}\n${more}`)
  const deps = stage.call()
  const signIn = async () => ({
    roles: async () => offered,
    proofFor: () => Promise.reject(new Error('no role is taken')),
  })
  const registry = {...deps.registry, strategy: async () => ({settings: {}, signIn})}
  const request = {provider: 'corp', usualProfile: '', search, refresh: false}
  const {roles} = (await listRoles(request, {...deps, registry})).offered
  return roles.map(({accountName, accountId, name}) => `${accountName ?? accountId} ${name}`)
}

describe('the roles offered', () => {
  it('are requested under the lock of the provider: this may use up what only one process may use', async () => {
    const deps = makeStage('providers:\n  corp: {strategy: fake}\n').call()
    const {providerId} = planAt('corp', deps)
    const free: unknown[] = []
    const signIn = async () => ({
      async roles() {
        free.push(await deps.locks.holdIfFree(providerId, async () => 'free'))
        return offered
      },
      proofFor: () => Promise.reject(new Error('no role is taken')),
    })
    const registry = {...deps.registry, strategy: async () => ({settings: {}, signIn})}
    await listRoles({provider: 'corp', usualProfile: '', search: [], refresh: false}, {...deps, registry})
    expect(free).to.deep.equal([undefined])
  })
})

describe('the roles offered, with names of accounts', () => {
  it('are sorted by account, those with a name first, and by their own name', async () => {
    expect(await listed()).to.deep.equal([
      'Production (EU) admin',
      'Production (EU) dev',
      '111111111111 dev',
      '222222222222 ops',
    ])
  })

  it('are found by the name of their account', async () => {
    expect(await listed('production', 'dev')).to.deep.equal(['Production (EU) dev'])
    expect(await listed('333333333333', 'admin')).to.deep.equal(['Production (EU) admin'])
  })

  it('have account names of the configuration before those of the strategy', async () => {
    const accounts = 'accounts:\n  333333333333: main\n  111111111111: archive\n'
    expect(await listedWith(accounts)).to.deep.equal(['archive dev', 'main admin', 'main dev', '222222222222 ops'])
    expect(await listedWith('accounts: {222222222222: tools}\n', 'dev')).to.deep.equal([
      'Production (EU) dev',
      '111111111111 dev',
    ])
    expect(await listedWith(accounts, 'production')).to.deep.equal([])
  })
})
