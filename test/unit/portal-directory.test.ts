import {expect} from 'chai'
import {rolesOf} from '../../src/identity-center/directory.ts'
import type {Account, Portal} from '../../src/identity-center/portal.ts'
import type {Context} from '../../src/identity-center/registration.ts'
import type {RolePart} from '../../src/plugin.ts'
import {type FakeHost, fakeHost} from '../../src/testing/index.ts'

const {signal} = new AbortController()
const accounts: readonly Account[] = Array.from({length: 30}, (_, at) => ({
  id: String(100_000_000_000 + at),
  name: `account ${at}`,
  email: `aws+${at}@example.com`,
}))

const refusal = (name: string, status: number) =>
  Object.assign(new Error(`${name} says no.`), {name, $fault: 'client', $metadata: {httpStatusCode: status}})

/** A portal with two permission sets in each account, and what it was asked. */
function portalWith(failureIn: (id: string, asked: number) => Error | undefined = () => undefined) {
  const asked: string[] = []
  const portal: Portal = {
    async *accounts() {
      asked.push('accounts')
      yield accounts.slice(0, 20)
      yield accounts.slice(20)
    },
    async permissionSets(id) {
      asked.push(id)
      const failure = failureIn(id, asked.length)
      if (failure) throw failure
      return ['Admin', 'ReadOnly']
    },
    credentials: () => Promise.reject(new Error('not asked for')),
    logout: () => Promise.reject(new Error('not asked for')),
  }
  return {portal, asked}
}

function contextOf(host: FakeHost): Context {
  const start = {text: 'https://d-1.awsapps.com/start', host: 'd-1.awsapps.com', isOfAws: true, region: undefined}
  const place = {start: {...start, isDualStack: false}, region: 'eu-west-1', endpoints: {}}
  // It is for messages only: the portal makes the requests.
  return {place: {...place, useDualstackEndpoint: false, useFipsEndpoint: false}, host} as unknown as Context
}

async function list(portal: Portal, host: FakeHost, refresh = false) {
  const parts: RolePart[] = []
  let failure: unknown
  try {
    for await (const part of rolesOf(portal, {refresh, signal}, contextOf(host))) parts.push(part)
  } catch (error) {
    failure = error
  }
  return {parts, failure, roles: parts.flatMap(({roles}) => roles), omitted: parts.flatMap(({omitted = []}) => omitted)}
}

describe('the list of what a user may be at the portal', () => {
  it('comes account by account, with how far it is', async () => {
    const {parts, roles} = await list(portalWith().portal, fakeHost())
    expect(new Set(roles.map(({accountId, name}) => `${accountId}/${name}`))).to.have.property('size', 60)
    expect(roles[0]).to.include({accountName: 'account 0', accountEmail: 'aws+0@example.com'})
    expect(parts[0]?.progress).to.deep.equal({done: 0, total: 30, unit: 'accounts'})
    expect(parts.at(-1)?.progress).to.deep.equal({done: 30, total: 30, unit: 'accounts'})
  })

  it('is kept for a day, and asked for anew on request', async () => {
    const host = fakeHost()
    const {portal, asked} = portalWith()
    await list(portal, host)
    expect((await list(portal, host)).roles).to.have.length(60)
    expect(asked).to.have.length(31)
    await list(portal, host, true)
    expect(asked).to.have.length(62)
    host.advance(24 * 3_600_000)
    await list(portal, host)
    expect(asked).to.have.length(93)
  })

  it('goes on where it was interrupted, within an hour', async () => {
    const host = fakeHost()
    const broken = portalWith((_, asked) => (asked > 12 ? new Error('no network') : undefined))
    const first = await list(broken.portal, host)
    expect(first.failure).to.have.property('message', 'no network')
    const known = new Set(first.roles.map(({accountId}) => accountId))
    expect(known.size).to.be.within(1, 12)
    const second = portalWith()
    expect((await list(second.portal, host)).roles).to.have.length(60)
    expect(second.asked)
      .not.to.include('accounts')
      .and.not.include([...known][0])
    expect(second.asked).to.have.length(30 - known.size)
    const host2 = fakeHost()
    await list(broken.portal, host2)
    host2.advance(2 * 3_600_000)
    const third = portalWith()
    await list(third.portal, host2)
    expect(third.asked).to.have.length(31)
  })

  for (const [name, status] of [
    ['ForbiddenException', 403],
    ['ResourceNotFoundException', 404],
  ] as const) {
    it(`leaves out an account that answers ${status}, and keeps that too`, async () => {
      const host = fakeHost()
      const {portal, asked} = portalWith(id => (id === '100000000007' ? refusal(name, status) : undefined))
      for (const {roles, omitted} of [await list(portal, host), await list(portal, host)]) {
        expect(roles).to.have.length(58)
        expect(omitted).to.deep.equal([{what: 'account 7 (100000000007)', why: `${name}: ${name} says no`}])
      }
      expect(asked).to.have.length(31)
    })
  }

  it('ends with a refusal that concerns all, in our words', async () => {
    const {portal} = portalWith(() => refusal('InternalServerException', 500))
    const {failure} = await list(portal, fakeHost())
    expect(failure).to.include({code: 'UNAVAILABLE'})
  })
})
