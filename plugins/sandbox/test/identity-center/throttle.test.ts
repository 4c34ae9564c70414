import {expect} from 'chai'
import {callPortal, expectPortalError, signInByCode} from '../support/identity-center.ts'
import {useSandbox} from '../support/running-sandbox.ts'

// On the sandbox's clock, which goes on while the requests of a test are under way: a permit more or less may come up.
describe('The limit of the portal of IAM Identity Center', () => {
  const sandbox = useSandbox()
  let token: string
  before(async () => {
    token = (await signInByCode(sandbox, 'alice')).accessToken
  })

  const ask = () => callPortal(sandbox, '/assignment/accounts', token)
  const limit = (throttle: unknown) => sandbox.control('POST /identity-center', {throttle})
  const advance = (seconds: number) => sandbox.control('POST /clock', {offsetSeconds: seconds})
  const statuses = async (count: number) => {
    const seen: number[] = []
    for (let index = 0; index < count; index += 1) seen.push((await ask()).status)
    return seen
  }

  it('lets some 20 pass, then refuses with 429 (user guide, limits; body of https://github.com/jonathanmorley/oktaws/issues/512)', async () => {
    const answers = await Promise.all(Array.from({length: 300}, ask))
    const refused = answers.filter(({status}) => status === 429)
    expect(refused).to.have.length.within(1, 280)
    for (const answer of refused) expectPortalError(answer, 429, 'TooManyRequestsException', 'HTTP 429 Unknown Code')
  })

  it('asks nobody to wait for a time: there is no Retry-After (no source for one)', async () => {
    await limit({ratePerSecond: 0.01, burst: 1, blockedSeconds: 100})
    await ask()
    expect((await ask()).headers.get('retry-after')).to.equal(null)
  })

  it('refuses everything for a while, whatever has come up meanwhile (no source for how long: a guess)', async () => {
    await limit({ratePerSecond: 0.01, burst: 2, blockedSeconds: 1000})
    expect(await statuses(3)).to.deep.equal([200, 200, 429])
    await advance(900)
    expect(await statuses(2)).to.deep.equal([429, 429])
    await advance(1001)
    expect(await statuses(3)).to.deep.equal([200, 200, 429])
  })

  it('lets the rate pass for ever', async () => {
    await limit({ratePerSecond: 0.01, burst: 1, blockedSeconds: 100})
    for (const seconds of [0, 100, 200, 300]) {
      await advance(seconds)
      expect((await ask()).status).to.equal(200)
    }
  })

  it('goes on when the clock is set back', async () => {
    await advance(1000)
    await limit({ratePerSecond: 0.01, burst: 1, blockedSeconds: 50})
    expect(await statuses(2)).to.deep.equal([200, 429])
    await advance(0)
    expect((await ask()).status).to.equal(429)
    await advance(101)
    expect((await ask()).status).to.equal(200)
  })

  it('comes before the token is looked at (no source: a guess)', async () => {
    await limit({ratePerSecond: 0.01, burst: 1, blockedSeconds: 100})
    await ask()
    const answer = await callPortal(sandbox, '/assignment/accounts', 'x')
    expectPortalError(answer, 429, 'TooManyRequestsException', 'HTTP 429 Unknown Code')
    const entries = (await sandbox.journal()).map(({outcome}) => outcome)
    expect(entries).to.deep.equal(['ok', 'TooManyRequestsException'])
  })

  it('can be turned off, and is as usual after a DELETE', async () => {
    await limit(null)
    const seen = async () => (await Promise.all(Array.from({length: 300}, ask))).map(({status}) => status)
    expect(await seen()).not.to.include(429)
    await sandbox.control('DELETE /identity-center')
    expect(await seen()).to.include(429)
  })
})
