import {expect} from 'chai'
import {afterRefusal, afterRole, afterSignIn, afterSignInFailure, brakeOf} from '../../src/coordination/brake.ts'
import type {ProviderState} from '../../src/coordination/state.ts'
import {credentialsFor} from '../../src/credentials/credentials.ts'
import {makeStage, refused, type Stage} from '../support/dependencies.ts'

const now = new Date('2026-11-23T09:00:00Z')
const none: ProviderState = {
  departures: 0,
  failures: 0,
  sharedFailures: [],
  signInFailures: [],
  refusedRoles: {},
  durations: {},
  renewals: {},
}
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000)

describe('the brake', () => {
  it('holds for five minutes after one failure', () => {
    expect(brakeOf([], now)).to.equal(undefined)
    expect(brakeOf([minutesAgo(4.9)], now)).to.deep.equal({kind: 'until', until: minutesAgo(-0.1)})
    expect(brakeOf([minutesAgo(5)], now)).to.equal(undefined)
  })

  it('holds until login after two failures within twelve hours', () => {
    expect(brakeOf([minutesAgo(11 * 60), minutesAgo(6)], now)).to.deep.equal({kind: 'login'})
    expect(brakeOf([minutesAgo(12 * 60 + 6), minutesAgo(6)], now)).to.equal(undefined)
  })

  it('holds until login after two failures, however long ago they are', () => {
    const [yesterday, later] = [minutesAgo(25 * 60), minutesAgo(24 * 60)]
    expect(brakeOf([yesterday, later], now)).to.deep.equal({kind: 'login'})
    expect(brakeOf([minutesAgo(365 * 24 * 60 + 60), minutesAgo(365 * 24 * 60)], now)).to.deep.equal({kind: 'login'})
    const third = afterSignInFailure({...none, signInFailures: [yesterday, later]}, 'SIGN_IN_REFUSED', now)
    expect(brakeOf(third.signInFailures, now), 'a third failure').to.deep.equal({kind: 'login'})
    const muchLater = minutesAgo(-13 * 60)
    expect(brakeOf(third.signInFailures, muchLater)).to.deep.equal({kind: 'login'})
    expect(brakeOf(afterSignIn(third).signInFailures, muchLater)).to.equal(undefined)
  })

  it('of a role holds after two refusals until AWS gives the role, however long ago they are', () => {
    const once = afterRefusal(none, 'a', 'no', minutesAgo(25 * 60))
    const twice = afterRefusal(once, 'a', 'no', minutesAgo(24 * 60))
    const thrice = afterRefusal(twice, 'a', 'no', now)
    expect(brakeOf(twice.refusedRoles.a?.at ?? [], now)).to.deep.equal({kind: 'login'})
    expect(brakeOf(thrice.refusedRoles.a?.at ?? [], minutesAgo(-13 * 60))).to.deep.equal({kind: 'login'})
    expect(afterRole(thrice, 'a').refusedRoles).to.deep.equal({})
  })

  it('does not hold for a failure in the future: the clock was set back', () => {
    expect(brakeOf([minutesAgo(-60)], now)).to.equal(undefined)
  })

  it('is not set by a failure that the user can not help', () => {
    expect(afterSignInFailure(none, 'UNAVAILABLE', now).signInFailures).to.deep.equal([])
    expect(afterSignInFailure(none, 'SIGN_IN_REFUSED', now).signInFailures).to.deep.equal([now])
  })
})

describe('a user at a terminal', () => {
  const request = {profile: 'developer', force: false, lasting: false}
  const failing = async (stage: Stage, attended: boolean) =>
    credentialsFor(request, stage.call({attended})).then(
      () => undefined,
      error => error.code,
    )

  it('is asked again at once after a failure; a program is not', async () => {
    const stage = makeStage()
    stage.provider.failure = refused()
    expect(await failing(stage, false)).to.equal('SIGN_IN_REFUSED')
    expect(await failing(stage, false)).to.equal('SIGN_IN_REQUIRED')
    expect(stage.provider.asked).to.equal(1)
    expect(await failing(stage, true)).to.equal('SIGN_IN_REFUSED')
    expect(stage.provider.asked).to.equal(2)
  })
})
