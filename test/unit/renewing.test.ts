import {expect} from 'chai'
import {credentialsFor} from '../../src/credentials/credentials.ts'
import {type Renewing, renewing} from '../../src/exec/renewing.ts'
import {makeStage, type Stage, unavailable} from '../support/dependencies.ts'
import {until} from '../support/until.ts'

const request = {profile: 'developer', force: false, lasting: true}
const minutes = (count: number) => count * 60_000

describe('credentials that renew themselves', () => {
  let stage: Stage
  let credentials: Renewing
  let first: string

  beforeEach(async () => {
    stage = makeStage()
    const issued = await credentialsFor(request, stage.call())
    first = issued.credentials.accessKeyId
    credentials = renewing(issued, request, stage.call())
  })

  const current = async () => {
    const given = await credentials.current()
    return 'credentials' in given ? given.credentials.accessKeyId : given
  }

  const messageNow = async () => {
    const given = await credentials.current()
    return 'message' in given ? given.message : undefined
  }

  it('stay the same while they are fresh, and no others are requested', async () => {
    stage.clock.advance(minutes(40))
    expect(await current()).to.equal(first)
    expect(stage.provider.calls).to.equal(1)
  })

  it('are the old ones while they still work, at once, although another process renews', async () => {
    stage.clock.advance(minutes(50))
    stage.takeLocks()
    expect(await current()).to.equal(first)
  })

  it('are none after a moment, with a reason, when the old ones have expired and another process renews', async () => {
    stage.clock.advance(minutes(60))
    stage.takeLocks()
    const asked = stage.clock.now().getTime()
    expect(await current()).to.deep.include({code: 'UNAVAILABLE'})
    expect(stage.clock.now().getTime() - asked).to.be.within(1, 1_900)
  })

  it('are new ones when the old ones have expired', async () => {
    stage.clock.advance(minutes(60))
    await until('there are new ones', async () => typeof (await current()) === 'string')
    expect(await current()).not.to.equal(first)
    expect(stage.provider.asked).to.equal(1)
  })

  it('are none while the provider fails, which is reported to the program alone, and come back afterwards', async () => {
    stage.clock.advance(minutes(60))
    stage.provider.failure = unavailable()
    await until('the reason is known', async () => (await messageNow())?.startsWith('idp.example') ?? false)
    expect(await messageNow()).to.equal('idp.example could not be reached.')
    expect([...stage.said, ...stage.told].filter(text => text.includes('idp.example'))).to.deep.equal([])
    stage.provider.failure = undefined
    await until('there are new ones', async () => typeof (await current()) === 'string')
    expect(await current()).not.to.equal(first)
  })
})
