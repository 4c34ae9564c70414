import {expect} from 'chai'
import {allRolesOf, roleListOf} from '../../src/credentials/role-list.ts'
import type {Identity, RolePart} from '../../src/plugin.ts'

const role = (name: string) => ({accountId: '123456789012', name})
const proofFor = () => Promise.reject(new Error('no role is taken'))

function listing(parts: readonly RolePart[], failure?: Error): Identity {
  return {
    proofFor,
    roles: () => Promise.reject(new Error('it has parts')),
    async *rolesInParts() {
      yield* parts
      if (failure) throw failure
    },
  }
}

function terminal() {
  const said: (string | undefined)[] = []
  const warned: string[] = []
  const log = {debug: () => undefined, info: () => undefined, warn: (text: string) => void warned.push(text)}
  const deps = {progress: (text: string | undefined) => void said.push(text), signal: new AbortController().signal, log}
  return {said, warned, deps}
}

describe('a list of roles in parts', () => {
  it('says how far it has come, and in the end no more', async () => {
    const {said, deps} = terminal()
    const parts = [
      {roles: [role('a')], progress: {done: 1, total: 2, unit: 'accounts'}},
      {roles: [role('b')], progress: {done: 2, unit: 'accounts'}},
    ]
    expect(await allRolesOf(listing(parts), deps)).to.deep.equal([role('a'), role('b')])
    expect(said).to.deep.equal(['Listing roles: 1 of 2 accounts.', 'Listing roles: 2 accounts.', undefined])
  })

  it('keeps what came before a failure for those who show it, and fails for all others', async () => {
    const failure = new Error('The directory broke down.')
    const broken = listing([{roles: [role('a')]}], failure)
    const {said, deps} = terminal()
    expect(await roleListOf(broken, {refresh: false}, deps)).to.deep.equal({roles: [role('a')], omitted: [], failure})
    expect(await allRolesOf(broken, deps).catch((error: unknown) => error)).to.equal(failure)
    expect(said.at(-1)).to.equal(undefined)
  })

  it('fails where nothing came before the failure', async () => {
    const failure = new Error('The directory broke down.')
    const rejected = roleListOf(listing([], failure), {refresh: false}, terminal().deps)
    expect(await rejected.catch((error: unknown) => error)).to.equal(failure)
  })

  it('keeps what it left out before a failure, even where no role came', async () => {
    const failure = new Error('The directory broke down.')
    const omitted = [{what: 'staging', why: 'access denied'}]
    const broken = listing([{roles: [], omitted}], failure)
    expect(await roleListOf(broken, {refresh: false}, terminal().deps)).to.deep.equal({roles: [], omitted, failure})
  })

  it('names what it leaves out, where somebody chooses from it', async () => {
    const {warned, deps} = terminal()
    const omitted = [{what: 'staging', why: 'access denied'}]
    await allRolesOf(listing([{roles: [role('a')], omitted}]), deps)
    expect(warned).to.deep.equal(['The roles in staging could not be listed: access denied.'])
  })

  it('is asked for anew only where that was wanted', async () => {
    const wanted: boolean[] = []
    const identity: Identity = {
      proofFor,
      async *rolesInParts({refresh}) {
        wanted.push(refresh)
        yield {roles: []}
      },
    }
    await allRolesOf(identity, terminal().deps)
    await roleListOf(identity, {refresh: true}, terminal().deps)
    expect(wanted).to.deep.equal([false, true])
  })
})
