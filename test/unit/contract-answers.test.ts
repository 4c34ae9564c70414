import {expect} from 'chai'
import {cacheEntryFrom, findingsFrom, identityFrom} from '../../src/contract/answers.ts'
import {checkedCache} from '../../src/registry/checked.ts'

const role = {accountId: '123456789012', name: 'developer', arn: 'arn:aws:iam::123456789012:role/developer'}
const credentials = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'secret/+',
  sessionToken: 'token==',
  expiration: new Date('2030-01-01T00:00:00Z'),
}
const proof = (change: object) => ({
  proofFor: async () => ({kind: 'credentials', credentials: {...credentials, ...change}}),
})
const proofFor = async () => ({kind: 'web-identity', token: 'a.b.c'})
const cyclic: Record<string, unknown> = {}
cyclic.self = cyclic
const hostile = {
  toString() {
    throw new Error('no')
  },
}

/** Signs in with an answer, and makes every call of the identity. */
async function use(answer: unknown): Promise<void> {
  const identity = identityFrom(answer)
  await identity.roles?.()
  await identity.proofFor(role)
  await identity.assigned?.()
  await identity.findRole?.({account: 'production', name: 'developer'})
  const {signal} = new AbortController()
  for await (const _ of identity.rolesInParts?.({refresh: false, signal}) ?? []);
}

const inParts = (part: unknown) => ({
  proofFor,
  async *rolesInParts() {
    yield part
  },
})

const wrong: readonly (readonly [answer: unknown, reason: string])[] = [
  [undefined, 'signIn() resolved to undefined, not an object'],
  [null, 'signIn() resolved to null, not an object'],
  ['alice', 'signIn() resolved to "alice", not an object'],
  [[], 'signIn() resolved to a list, not an object'],
  [{}, '"proofFor" of the identity is undefined, not a function'],
  [{proofFor, subject: 5}, '"subject" of the identity is 5, not a string'],
  [{proofFor, subject: ''}, '"subject" of the identity is empty'],
  [{proofFor, subject: hostile}, '"subject" of the identity is an object, not a string'],
  [{proofFor, subject: 'x'.repeat(2_000_000)}, '"subject" of the identity is longer than 1000000 characters'],
  [{proofFor, claims: 'email'}, '"claims" of the identity are "email", not an object'],
  [{proofFor, claims: cyclic}, '"claims" of the identity can\'t be written as JSON'],
  [{proofFor, claims: {size: 1n}}, '"claims" of the identity can\'t be written as JSON'],
  [{proofFor, expiresAt: '2030-01-01'}, '"expiresAt" of the identity is "2030-01-01", not a Date'],
  [{proofFor, expiresAt: new Date(Number.NaN)}, '"expiresAt" of the identity is a Date outside of 1970 to 9999'],
  [{proofFor, renewable: 'yes'}, '"renewable" of the identity is "yes", neither true nor false'],
  [{proofFor, keep: 'always'}, '"keep" of the identity is "always", not "never"'],
  [{proofFor, roles: [role]}, '"roles" of the identity is a list, not a function'],
  [{proofFor, roles: () => 'admin'}, 'roles() resolved to "admin", not a list'],
  [{proofFor, roles: () => ['admin']}, 'roles()[0] is "admin", not an object'],
  [
    {proofFor, roles: () => [role, {...role, accountId: 123456789012}]},
    '"accountId" of roles()[1] is 123456789012, not a string',
  ],
  [{proofFor, roles: () => [{...role, name: undefined}]}, '"name" of roles()[0] is undefined, not a string'],
  [{proofFor, roles: () => [{...role, arn: null}]}, '"arn" of roles()[0] is null, not a string'],
  [{proofFor: () => undefined}, 'proofFor() resolved to undefined, not an object'],
  [
    {proofFor: () => ({kind: 'kerberos'})},
    '"kind" of the proof is "kerberos", not "web-identity", "saml" or "credentials"',
  ],
  [{proofFor: () => ({kind: 'web-identity'})}, '"token" of the proof is undefined, not a string'],
  [
    {proofFor: () => ({kind: 'web-identity', token: 'a\nb'})},
    '"token" of the proof has a space, a line break or a character beyond ASCII',
  ],
  [{proofFor: () => ({kind: 'saml', document: ''})}, '"document" of the proof is empty'],
  [{proofFor: () => ({kind: 'credentials'})}, '"credentials" of the proof is undefined, not an object'],
  [proof({accessKeyId: ''}), '"accessKeyId" of the credentials in the proof is empty'],
  [proof({accessKeyId: 5}), '"accessKeyId" of the credentials in the proof is a number, not a string'],
  [
    proof({secretAccessKey: 'a\nb'}),
    '"secretAccessKey" of the credentials in the proof has a space, a line break or a character beyond ASCII',
  ],
  [proof({sessionToken: undefined}), '"sessionToken" of the credentials in the proof is undefined, not a string'],
  [
    proof({expiration: '2030-01-01T00:00:00Z'}),
    '"expiration" of the credentials in the proof is "2030-01-01T00:00:00Z", not a Date',
  ],
  [
    proof({expiration: new Date(1_893_456_000)}),
    '"expiration" of the credentials in the proof is 1970-01-22T21:57:36.000Z; a Date takes milliseconds, not seconds',
  ],
  [{proofFor, findRole: () => 'developer'}, 'what findRole() resolved to is "developer", not an object'],
  [{proofFor, rolesInParts: () => []}, 'rolesInParts() returned a list, not an AsyncIterable'],
  [inParts('admin'), 'a part of rolesInParts() is "admin", not an object'],
  [inParts({roles: 'admin'}), '"roles" of rolesInParts() is "admin", not a list'],
  [inParts({roles: [{...role, name: 5}]}), '"name" of a role of rolesInParts() is 5, not a string'],
  [inParts({roles: [], progress: 50}), '"progress" of rolesInParts() is 50, not an object'],
  [
    inParts({roles: [], progress: {done: 0.5, unit: 'accounts'}}),
    '"done" in "progress" of rolesInParts() is 0.5, not a whole number from 0',
  ],
  [inParts({roles: [], omitted: ['staging']}), 'an item of "omitted" of rolesInParts() is "staging", not an object'],
  [{proofFor, assigned: 'developer'}, '"assigned" of the identity is "developer", not a function'],
  [{proofFor, assigned: () => undefined}, 'assigned() resolved to undefined, not an object'],
  [{proofFor, assigned: () => ({role})}, '"proof" of assigned() is undefined, not an object'],
  [
    {proofFor, assigned: () => ({proof: {kind: 'web-identity', token: 'token'}})},
    'assigned() gave a proof of the kind "web-identity" without its role',
  ],
  [
    {proofFor, assigned: () => ({proof: {kind: 'web-identity', token: 'token'}, role: {...role, name: 5}})},
    '"name" of the role of assigned() is 5, not a string',
  ],
]

describe("the check of a strategy's answers", () => {
  for (const [answer, reason] of wrong) {
    it(`says: ${reason}`, async () => {
      const failure = await use(answer).catch((error: unknown) => error)
      expect(failure).to.be.instanceOf(Error).and.include({message: reason})
    })
  }

  it('quotes no secret', async () => {
    const failure = await use(proof({secretAccessKey: 'the secret'})).catch((error: unknown) => error)
    expect(String(failure)).not.to.include('the secret')
  })

  it('accepts an instance of a class, calls its methods on it, and copies what they return', async () => {
    class Alice {
      subject = 'alice'
      expiresAt = new Date('2030-01-01T00:00:00Z')
      readonly #roles = [role]
      roles() {
        return this.#roles
      }
      async proofFor() {
        return {kind: 'credentials', credentials: {...credentials, extra: this.subject}}
      }
    }
    const alice = new Alice()
    const identity = identityFrom(alice)
    alice.expiresAt.setTime(0)
    expect(identity.expiresAt).to.deep.equal(new Date('2030-01-01T00:00:00Z'))
    expect(await identity.roles?.()).to.deep.equal([role])
    expect(await identity.proofFor(role)).to.deep.equal({kind: 'credentials', credentials})
  })

  for (const [answer, reason] of [
    ['all is well', 'check() resolved to "all is well", not a list'],
    [[{what: 'x'}], '"ok" of check()[0] is undefined, neither true nor false'],
    [[{ok: true, what: 5}], '"what" of check()[0] is 5, not a string'],
    [[{ok: false, what: 'x', mend: []}], '"mend" of check()[0] is a list, not a string'],
  ] as const) {
    it(`says of findings: ${reason}`, () => {
      expect(() => findingsFrom(answer)).to.throw(reason)
    })
  }
})

describe("the check of a cache's answers", () => {
  for (const [answer, reason] of [
    ['value', 'read() resolved to "value", not an object'],
    [{expiresAt: new Date()}, '"value" of the entry is undefined, not a string'],
    [{value: 'x', expiresAt: 5}, '"expiresAt" of the entry is 5, not a Date'],
  ] as const) {
    it(`says: ${reason}`, () => {
      expect(() => cacheEntryFrom(answer)).to.throw(reason)
    })
  }

  it('rejects with the error made of the reason, also for the time of an entry', async () => {
    const nothing = async () => undefined
    const broken = {
      read: nothing,
      write: nothing,
      remove: nothing,
      clear: nothing,
      expiresAt: async () => JSON.parse('5'),
    }
    const cache = checkedCache(broken, reason => new Error(`aws-oidc-cache-x: ${reason}`))
    const failure = await cache.expiresAt?.('a').catch((error: unknown) => error)
    expect(failure).to.include({message: 'aws-oidc-cache-x: what expiresAt() resolved to is 5, not a Date'})
    expect(await cache.read('a')).to.equal(undefined)
  })
})
