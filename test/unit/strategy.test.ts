import {expect} from 'chai'
import {credentialsFor} from '../../src/credentials/credentials.ts'
import type {Dependencies} from '../../src/credentials/dependencies.ts'
import {plansFor} from '../../src/credentials/plan.ts'
import {AwsOidcError} from '../../src/errors.ts'
import type {Identity} from '../../src/plugin.ts'
import {login} from '../../src/session/login.ts'
import {rolesOfferedAt} from '../../src/session/offered-roles.ts'
import {developer, makeStage, type Stage} from '../support/dependencies.ts'

const request = {profile: 'developer', force: false, lasting: false}
const choosing = {provider: 'corp', force: false, lasting: false}

/** The parts of a call whose strategy gives identities that differ from the usual one. */
function callWith(stage: Stage, change: (identity: Identity) => Identity): Dependencies {
  const deps = stage.call()
  const strategy = async (id: string) => {
    const usual = await deps.registry.strategy(id)
    return {...usual, signIn: async (...args: Parameters<typeof usual.signIn>) => change(await usual.signIn(...args))}
  }
  return {...deps, registry: {...deps.registry, strategy}}
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it worked',
    (error: unknown) => error,
  )
}

function isBlamed(failure: unknown): void {
  expect(failure).to.be.instanceOf(AwsOidcError)
  expect(failure).to.include({code: 'PLUGIN_FAILED'})
  expect(String(failure)).to.include('aws-oidc-fake').and.include('boom')
}

const boom = () => {
  throw new Error('boom')
}

describe('a strategy that breaks after the sign-in', () => {
  for (const [words, breaks] of [
    ['rejects', async () => boom()],
    ['throws', boom],
  ] as const) {
    it(`(its list of roles ${words}) is named with its package`, async () => {
      const broken = (identity: Identity) => ({...identity, roles: breaks})
      isBlamed(await failureOf(credentialsFor(choosing, callWith(makeStage(), broken))))
      isBlamed(
        await failureOf(
          login({provider: 'corp', usualProfile: '', force: false, ifNeeded: false}, callWith(makeStage(), broken)),
        ),
      )
    })

    it(`(its proof ${words}) is named with its package`, async () => {
      const broken = (identity: Identity) => ({...identity, proofFor: breaks})
      isBlamed(await failureOf(credentialsFor(request, callWith(makeStage(), broken))))
    })
  }

  it('but explains what went wrong is reported in its own words', async () => {
    const said = Object.assign(new Error('not for you'), {code: 'ROLE_NOT_OFFERED', hint: 'ask'})
    const deps = callWith(makeStage(), identity => ({...identity, proofFor: () => Promise.reject(said)}))
    const failure = await failureOf(credentialsFor(request, deps))
    expect(failure).to.include({code: 'ROLE_NOT_OFFERED', message: 'not for you', hint: 'ask'})
  })
})

describe('a strategy that ignores its signal', () => {
  it('is abandoned soon after the time for a sign-in is over', async () => {
    const stage = makeStage()
    const deps = stage.call()
    const strategy = async (id: string) => ({
      ...(await deps.registry.strategy(id)),
      signIn: () => {
        queueMicrotask(() => {
          stage.clock.advance(5 * 60_000)
          stage.clock.advance(20_000)
        })
        return new Promise<Identity>(() => undefined)
      },
    })
    const failure = await failureOf(credentialsFor(request, {...deps, registry: {...deps.registry, strategy}}))
    expect(failure).to.include({code: 'TIMED_OUT'})
  })

  /** Never answers, and all the time that a call has passes meanwhile. */
  const neverIn = (stage: Stage) => () => {
    queueMicrotask(() => {
      stage.clock.advance(5 * 60_000)
      stage.clock.advance(20_000)
    })
    return new Promise<never>(() => undefined)
  }
  const wanted = {provider: 'corp', usualProfile: '', force: false, ifNeeded: false}

  for (const [words, call] of [
    ['creds', (deps: Dependencies) => credentialsFor(choosing, deps)],
    ['login', (deps: Dependencies) => login(wanted, deps)],
    ['roles', (deps: Dependencies) => rolesOfferedAt('corp', {refresh: false}, deps)],
  ] as const) {
    it(`when it lists the roles is abandoned, and named with its package (${words})`, async () => {
      const stage = makeStage()
      const failure = await failureOf(call(callWith(stage, identity => ({...identity, roles: neverIn(stage)}))))
      expect(failure).to.include({
        code: 'TIMED_OUT',
        message: 'The strategy "fake" of aws-oidc-fake gave no roles within 5 minutes.',
      })
    })
  }

  it('when it makes the proof is abandoned, and named with its package', async () => {
    const stage = makeStage()
    const deps = callWith(stage, identity => ({...identity, proofFor: neverIn(stage)}))
    expect(await failureOf(credentialsFor(request, deps))).to.include({
      code: 'TIMED_OUT',
      message: 'The strategy "fake" of aws-oidc-fake gave no proof within 5 minutes.',
    })
  })
})

describe('an identity that is an object with methods of its own', () => {
  it('keeps its "this"', async () => {
    class Person implements Identity {
      readonly subject = 'alice@example.com'
      readonly #identity: Identity
      constructor(identity: Identity) {
        this.#identity = identity
      }
      async roles() {
        return [{arn: developer, accountId: '123456789012', name: this.subject && 'developer'}]
      }
      proofFor(role: Parameters<Identity['proofFor']>[0]) {
        return this.#identity.proofFor(role)
      }
    }
    const deps = callWith(makeStage(), identity => new Person(identity))
    expect((await credentialsFor(choosing, deps)).role).to.equal(developer)
  })
})

describe('an identity that must not be kept, such as that of a CI job', () => {
  const never = (identity: Identity): Identity => ({...identity, keep: 'never'})

  it('leaves no credentials in the cache, and the next call gets its own', async () => {
    const stage = makeStage()
    const first = await credentialsFor(request, callWith(stage, never))
    const [plan] = plansFor(request, stage.call())
    for (const {key} of plan?.steps ?? []) expect(await stage.cache.read(key)).to.equal(undefined)
    const second = await credentialsFor(request, callWith(stage, never))
    expect(second.credentials).not.to.deep.equal(first.credentials)
    expect(stage.sts.requests).to.have.length(2)
  })

  it('leaves none of a chained role or its source', async () => {
    const stage = makeStage(`
providers: {corp: {strategy: fake}}
profiles:
  developer: {provider: corp, role: ${developer}}
  admin: {source: developer, role: '123456789012/admin'}
`)
    const admin = {...request, profile: 'admin'}
    await credentialsFor(admin, callWith(stage, never))
    const keys = plansFor(admin, stage.call()).flatMap(({steps}) => steps.map(({key}) => key))
    expect(keys).to.have.length(2)
    for (const key of keys) expect(await stage.cache.read(key)).to.equal(undefined)
  })
})
