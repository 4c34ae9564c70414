import {expect} from 'chai'
import {checkSessionDuration, readDuration} from '../../src/config/duration.ts'
import {credentialsFor} from '../../src/credentials/credentials.ts'
import {plansFor} from '../../src/credentials/plan.ts'
import {developer, makeStage, type Stage} from '../support/dependencies.ts'

const hour = 3600

describe('the duration of a session', () => {
  it('is written in hours, minutes or seconds', () => {
    expect(['12h', '90m', '3600s', '3600', 3600].map(readDuration)).to.deep.equal([43_200, 5400, 3600, 3600, 3600])
    for (const wrong of ['', '1d', '1.5h', '-1h', 'h', 1.5, true, undefined, null, {}]) {
      expect(readDuration(wrong), String(wrong)).to.equal(undefined)
    }
  })

  it('is what AWS accepts: 900 to 43200 seconds', () => {
    for (const seconds of [900, 43_200]) expect(checkSessionDuration(seconds, '--duration')).to.equal(seconds)
    for (const seconds of [0, 899, 43_201]) {
      expect(() => checkSessionDuration(seconds, '--duration'), String(seconds)).to.throw('15 minutes to 12 hours')
    }
  })

  it('is that of the command line, else of the profile, else of the provider, else an hour', () => {
    const seconds = (wanted: number | undefined, profile: string, provider: string) => {
      const {call} = makeStage(`
providers: {corp: {strategy: fake${provider}}}
profiles: {developer: {provider: corp, role: ${developer}${profile}}}
`)
      const [plan] = plansFor({profile: 'developer', durationSeconds: wanted}, call())
      return plan?.steps[0].durationSeconds
    }
    expect(seconds(2 * hour, ', duration: 3h', ', duration: 4h')).to.equal(2 * hour)
    expect(seconds(undefined, ', duration: 3h', ', duration: 4h')).to.equal(3 * hour)
    expect(seconds(undefined, '', ', duration: 4h')).to.equal(4 * hour)
    expect(seconds(undefined, '', '')).to.equal(hour)
  })

  it('of a chained role is capped at an hour, and may be shorter', () => {
    const seconds = (duration: string, provider = '') => {
      const {call} = makeStage(`
providers: {corp: {strategy: fake${provider}}}
profiles:
  developer: {provider: corp, role: ${developer}, duration: 4h}
  admin: {source: developer, role: '123456789012/admin'${duration}}
`)
      const [plan] = plansFor({profile: 'admin'}, call())
      return plan?.steps.map(({durationSeconds}) => durationSeconds)
    }
    expect(seconds(', duration: 12h')).to.deep.equal([4 * hour, hour])
    expect(seconds(', duration: 20m')).to.deep.equal([4 * hour, 1200])
    expect(seconds('', ', duration: 30m')).to.deep.equal([4 * hour, 1800])
  })
})

describe('a duration that the role does not allow', () => {
  const ask = (stage: Stage, durationSeconds: number) =>
    credentialsFor({profile: 'developer', durationSeconds, force: true, lasting: false}, stage.call())
  const asked = (stage: Stage) => stage.sts.requests.map(request => Number(request.get('DurationSeconds')) / hour)

  it('is stepped down 12, 8, 4, 2, 1 hours with one warning', async () => {
    const stage = makeStage()
    stage.sts.longestSeconds = hour
    await ask(stage, 12 * hour)
    expect(asked(stage)).to.deep.equal([12, 8, 4, 2, 1])
    expect(stage.said).to.have.length(1)
    expect(stage.said[0]).to.include('12 h').and.include('1 h')
  })

  it('is stepped down only below what was requested', async () => {
    const stage = makeStage()
    stage.sts.longestSeconds = hour
    await ask(stage, 3 * hour)
    expect(asked(stage)).to.deep.equal([3, 2, 1])
  })

  it('is remembered for seven days', async () => {
    const stage = makeStage()
    stage.sts.longestSeconds = 4 * hour
    await ask(stage, 12 * hour)
    stage.clock.advance((7 * 24 - 1) * hour * 1000)
    await ask(stage, 12 * hour)
    expect(asked(stage)).to.deep.equal([12, 8, 4, 4])
    expect(stage.said).to.have.length(1)
    stage.clock.advance(2 * hour * 1000)
    await ask(stage, 12 * hour)
    expect(asked(stage)).to.deep.equal([12, 8, 4, 4, 12, 8, 4])
  })

  it('does not prevent a shorter one', async () => {
    const stage = makeStage()
    stage.sts.longestSeconds = 4 * hour
    await ask(stage, 12 * hour)
    await ask(stage, 2 * hour)
    expect(asked(stage).at(-1)).to.equal(2)
  })

  it('does not prevent one between what was requested and what was given', async () => {
    const stage = makeStage()
    stage.sts.longestSeconds = 6 * hour
    await ask(stage, 12 * hour)
    await ask(stage, 5 * hour)
    expect(asked(stage)).to.deep.equal([12, 8, 4, 5])
  })

  it('of an hour is not stepped down: no role allows less', async () => {
    const stage = makeStage()
    stage.sts.longestSeconds = 0
    let refused: unknown
    await ask(stage, hour).catch(error => {
      refused = error
    })
    expect(refused).to.include({code: 'AWS_REFUSED'})
    expect(asked(stage)).to.deep.equal([1])
  })
})
