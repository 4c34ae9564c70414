import {expect} from 'chai'
import {credentialsFor} from '../../src/credentials/credentials.ts'
import type {Asking} from '../../src/credentials/dependencies.ts'
import type {Issued} from '../../src/credentials/issued.ts'
import {AwsOidcError} from '../../src/errors.ts'
import {makeStage, refused, type Stage, unavailable} from '../support/dependencies.ts'

const minute = 60_000
const request = {profile: 'developer', force: false, lasting: false}

function ask(stage: Stage, changes: Partial<typeof request> = {}, asking?: Partial<Asking>): Promise<Issued> {
  return credentialsFor({...request, ...changes}, stage.call(asking))
}

async function failureOf(work: Promise<unknown>): Promise<AwsOidcError> {
  try {
    await work
  } catch (error) {
    if (error instanceof AwsOidcError) return error
    throw error
  }
  throw new Error('it worked')
}

/** A machine with credentials of an hour, of which so many minutes are left. */
async function stageWith(minutesLeft: number): Promise<{stage: Stage; old: Issued}> {
  const stage = makeStage()
  const old = await ask(stage)
  stage.clock.advance((60 - minutesLeft) * minute)
  return {stage, old}
}

describe('credentials with more than the soft margin left', () => {
  it('are served without asking the provider or AWS', async () => {
    const {stage, old} = await stageWith(15.1)
    expect((await ask(stage)).credentials).to.deep.equal(old.credentials)
    expect(stage.provider.calls).to.equal(1)
    expect(stage.sts.requests).to.have.length(1)
  })

  it('are served while another process holds the lock', async () => {
    const {stage, old} = await stageWith(30)
    stage.takeLocks()
    expect((await ask(stage)).credentials).to.deep.equal(old.credentials)
  })

  it('are replaced with --force, without asking while the sign-in is remembered', async () => {
    const {stage, old} = await stageWith(30)
    expect((await ask(stage, {force: true})).credentials).not.to.deep.equal(old.credentials)
    expect(stage.provider.asked).to.equal(1)
  })

  it('of fifteen minutes are fresh down to a quarter of their lifetime', async () => {
    const stage = makeStage()
    const short = {...request, durationSeconds: 900}
    const old = await credentialsFor(short, stage.call())
    stage.clock.advance(11 * minute)
    expect((await credentialsFor(short, stage.call())).credentials).to.deep.equal(old.credentials)
    stage.clock.advance(0.3 * minute)
    expect((await credentialsFor(short, stage.call())).credentials).not.to.deep.equal(old.credentials)
  })
})

describe('credentials inside the soft margin', () => {
  it('are renewed silently', async () => {
    const {stage, old} = await stageWith(14.9)
    const renewed = await ask(stage)
    expect(renewed.credentials).not.to.deep.equal(old.credentials)
    expect(stage.provider.asked).to.equal(1)
    expect((await ask(stage)).credentials, 'from the cache').to.deep.equal(renewed.credentials)
  })

  it('are served as they are when AWS refuses, and the role is not held back afterwards', async () => {
    const {stage, old} = await stageWith(10)
    stage.sts.refusal = ['AccessDenied', 'Not authorized']
    expect((await ask(stage)).credentials).to.deep.equal(old.credentials)
    stage.sts.refusal = undefined
    stage.clock.advance(10 * minute)
    expect((await ask(stage)).credentials).not.to.deep.equal(old.credentials)
  })

  it('cause an attempt to renew at most once a minute', async () => {
    const {stage} = await stageWith(10)
    stage.provider.failure = unavailable()
    await ask(stage)
    stage.clock.advance(0.9 * minute)
    await ask(stage)
    expect(stage.provider.calls).to.equal(2)
    stage.clock.advance(0.2 * minute)
    await ask(stage)
    expect(stage.provider.calls).to.equal(3)
  })

  it('are served at once while another process holds the lock', async () => {
    const {stage, old} = await stageWith(10)
    stage.takeLocks()
    expect((await ask(stage)).credentials).to.deep.equal(old.credentials)
    expect(stage.provider.calls).to.equal(1)
  })

  it('are served when signing in silently takes longer than five seconds', async () => {
    const {stage, old} = await stageWith(10)
    stage.provider.milliseconds = 5_001
    expect((await ask(stage)).credentials).to.deep.equal(old.credentials)
  })

  it('are served when AWS takes longer than five seconds', async () => {
    const {stage, old} = await stageWith(10)
    stage.sts.milliseconds = 5_001
    expect((await ask(stage)).credentials).to.deep.equal(old.credentials)
  })
})

describe('credentials inside the soft margin, for a shell', () => {
  it('lead to a sign-in where the user can be asked', async () => {
    const {stage, old} = await stageWith(10)
    stage.provider.renewable = false
    expect((await ask(stage, {lasting: true})).credentials).not.to.deep.equal(old.credentials)
    expect(stage.provider.asked).to.equal(2)
  })

  it('are served as they are where the user can not be asked', async () => {
    const {stage, old} = await stageWith(10)
    stage.provider.renewable = false
    const issued = await ask(stage, {lasting: true}, {interactive: false})
    expect(issued.credentials).to.deep.equal(old.credentials)
  })

  it('are served as they are when the user refuses', async () => {
    const {stage, old} = await stageWith(10)
    stage.provider.renewable = false
    stage.provider.failure = refused()
    expect((await ask(stage, {lasting: true})).credentials).to.deep.equal(old.credentials)
  })
})

describe('credentials below the hard margin', () => {
  it('are served when AWS gives none that last longer', async () => {
    const stage = makeStage()
    stage.sts.givenSeconds = 30
    expect((await ask(stage)).expiresAt.getTime() - stage.clock.now().getTime()).to.equal(30_000)
  })

  it('are refused when they are expired on arrival, by the clock of AWS', async () => {
    for (const ahead of [-120, 0, 120]) {
      const stage = makeStage()
      stage.sts.aheadMilliseconds = ahead * minute
      stage.sts.givenSeconds = 1
      await ask(stage)
      stage.sts.givenSeconds = 0
      const {code, message} = await failureOf(ask(stage, {force: true}))
      expect({code, message}).to.have.property('code', 'BAD_RESPONSE')
      expect(message).to.include('had already expired')
    }
  })
})

describe('a sign-in', () => {
  it('has five minutes; then it fails, and the next call may start one', async () => {
    const stage = makeStage()
    stage.provider.milliseconds = 5 * minute
    expect((await failureOf(ask(stage))).code).to.equal('TIMED_OUT')
    stage.provider.milliseconds = 4.9 * minute
    await ask(stage)
  })
})

describe('the clock', () => {
  for (const [words, minutes] of [
    ['ahead', 30],
    ['behind', -30],
  ] as const) {
    it(`of AWS ${words} by half an hour: the entry ends at the earlier time, the printed one is AWS's own`, async () => {
      const stage = makeStage()
      stage.sts.aheadMilliseconds = minutes * minute
      const {credentials, expiresAt} = await ask(stage)
      const start = stage.clock.now().getTime()
      expect(credentials.expiration.getTime() - start).to.equal((60 + minutes) * minute)
      expect(expiresAt.getTime() - start).to.equal(Math.min(60, 60 + minutes) * minute)
    })
  }

  it('is reported once when it is off by over a minute', async () => {
    const stage = makeStage()
    stage.sts.aheadMilliseconds = 2 * minute
    const deps = stage.call()
    await credentialsFor(request, deps)
    await credentialsFor({...request, force: true}, deps)
    expect(stage.said.filter(text => text.includes('clock'))).to.have.length(1)
    expect(stage.said.join()).to.match(/2 min behind/)
  })

  it('is not reported when it is off by less than a minute', async () => {
    const stage = makeStage()
    stage.sts.aheadMilliseconds = 59_000
    await ask(stage)
    expect(stage.said).to.deep.equal([])
  })
})
