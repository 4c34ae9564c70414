import {expect} from 'chai'
import {afterSignIn, signInScope, withFailure} from '../../src/coordination/brake.ts'
import {credentialsFor} from '../../src/credentials/credentials.ts'
import type {Dependencies} from '../../src/credentials/dependencies.ts'
import type {Issued} from '../../src/credentials/issued.ts'
import {planAt} from '../../src/credentials/plan.ts'
import {login} from '../../src/session/login.ts'
import {logout} from '../../src/session/logout.ts'
import {developer, makeStage, type Stage} from '../support/dependencies.ts'

const roles = ['one', 'two', 'three', 'four', 'five']
const configuration = `
providers:
  corp: {strategy: fake}
profiles:
  developer: {provider: corp, role: ${developer}}
${roles.map(role => `  ${role}: {provider: corp, role: 'arn:aws:iam::123456789012:role/${role}'}`).join('\n')}
${roles.map(role => `  chained-${role}: {source: developer, role: 'arn:aws:iam::123456789012:role/${role}'}`).join('\n')}
`

/** An STS that answers no call before `open`; `arrived` counts the calls that wait for it. */
function slowSts(stage: Stage) {
  const {promise: opened, resolve: open} = Promise.withResolvers<void>()
  const gate = {
    arrived: 0,
    open,
    call(): Dependencies {
      const deps = stage.call()
      const fetchOnce: typeof fetch = async (input, init) => {
        gate.arrived++
        await opened
        return stage.sts.fetch(input, init)
      }
      return {...deps, network: {...deps.network, fetchOnce}}
    },
  }
  return gate
}

const request = (profile: string) => ({profile, force: false, lasting: false})

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !condition(); turn++) await new Promise(setImmediate)
}

function keysOf(issued: readonly Issued[]): readonly string[] {
  return issued.map(({credentials}) => credentials.accessKeyId)
}

describe('calls for several roles of one provider', () => {
  it('ask AWS at the same time, after one sign-in', async () => {
    const stage = makeStage(configuration)
    const sts = slowSts(stage)
    const calls = roles.map(role => credentialsFor(request(role), sts.call()))
    await until(() => sts.arrived === roles.length)
    expect([sts.arrived, stage.provider.asked]).to.deep.equal([roles.length, 1])
    sts.open()
    expect(new Set(keysOf(await Promise.all(calls))).size).to.equal(roles.length)
  })

  it('ask for the same role once', async () => {
    const stage = makeStage(configuration)
    const sts = slowSts(stage)
    const calls = Array.from({length: 5}, () => credentialsFor(request('one'), sts.call()))
    await until(() => false)
    expect(sts.arrived).to.equal(1)
    sts.open()
    expect(new Set(keysOf(await Promise.all(calls))).size).to.equal(1)
    expect(stage.sts.requests).to.have.length(1)
  })

  it('assume the role that they all switch from once', async () => {
    const stage = makeStage(configuration)
    await Promise.all(roles.map(role => credentialsFor(request(`chained-${role}`), stage.call())))
    const asked = stage.sts.requests.map(request => request.get('Action'))
    expect(asked.filter(action => action === 'AssumeRoleWithWebIdentity')).to.have.length(1)
    expect(asked.filter(action => action === 'AssumeRole')).to.have.length(roles.length)
    expect(stage.provider.asked).to.equal(1)
  })

  it('do not delay a login while AWS is asked', async () => {
    const stage = makeStage(configuration)
    const sts = slowSts(stage)
    const call = credentialsFor(request('one'), sts.call())
    await until(() => sts.arrived === 1)
    const {role} = await login({profile: 'two', usualProfile: '', force: false, ifNeeded: false}, stage.call())
    expect(role).to.match(/two$/)
    sts.open()
    await call
  })

  for (const [what, leave] of Object.entries({
    'the user signs out': (stage: Stage) =>
      logout({provider: 'corp', usualProfile: '', all: false, everywhere: false}, stage.call()),
    'another user signs in': (stage: Stage) => {
      stage.provider.subject = 'bob@example.com'
      return login({profile: 'two', usualProfile: '', force: true, ifNeeded: false}, stage.call())
    },
  })) {
    it(`leave no credentials of the earlier user behind when ${what} while AWS is asked`, async () => {
      const stage = makeStage(configuration)
      const sts = slowSts(stage)
      const call = credentialsFor(request('one'), sts.call())
      await until(() => sts.arrived === 1)
      await leave(stage)
      sts.open()
      const earlier = await call
      const later = await credentialsFor(request('one'), stage.call())
      expect(later.credentials.accessKeyId).not.to.equal(earlier.credentials.accessKeyId)
    })
  }
})

describe('a call that waits while one sign-in fails and the next one succeeds', () => {
  it('does not fail with the older failure', async () => {
    const stage = makeStage(configuration)
    const deps = stage.call()
    const {providerId} = planAt('corp', deps)
    const release = stage.takeLocks()
    const waiting = credentialsFor(request('one'), deps)
    await new Promise(setImmediate)
    const failure = {scope: signInScope, code: 'SIGN_IN_REFUSED', message: 'The sign-in was refused.'} as const
    await deps.states.change(providerId, state => withFailure(state, failure))
    await deps.states.change(providerId, afterSignIn)
    release()
    expect((await waiting).credentials.accessKeyId).to.match(/^ASIA/)
  })

  it('still fails with a failure after that success', async () => {
    const stage = makeStage(configuration)
    const deps = stage.call()
    const {providerId} = planAt('corp', deps)
    const release = stage.takeLocks()
    const waiting = credentialsFor(request('one'), deps).catch((error: {code: string}) => error.code)
    await new Promise(setImmediate)
    await deps.states.change(providerId, afterSignIn)
    const failure = {scope: signInScope, code: 'SIGN_IN_REFUSED', message: 'The sign-in was refused.'} as const
    await deps.states.change(providerId, state => withFailure(state, failure))
    release()
    expect(await waiting).to.equal('SIGN_IN_REFUSED')
  })

  it('counts a success of the strategy with or without a question', async () => {
    const stage = makeStage(configuration)
    const deps = stage.call()
    const {providerId} = planAt('corp', deps)
    await credentialsFor(request('one'), deps)
    const failure = {scope: signInScope, code: 'UNAVAILABLE', message: 'No answer.'} as const
    await deps.states.change(providerId, state => withFailure(state, failure))
    await credentialsFor(request('two'), stage.call())
    expect((await deps.states.read(providerId)).sharedFailures).to.deep.equal([])
    expect(stage.provider.asked).to.equal(1)
  })
})
