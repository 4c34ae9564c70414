import {expect} from 'chai'
import {play} from '../kill/play.ts'
import {timelineOf} from '../kill/timeline.ts'

describe('callers killed at random moments', () => {
  // `npm run test:kill` kills 300.
  it('leave no torn file, no lock, and nothing that costs a sign-in or a refresh token', async function () {
    if (process.platform === 'win32') this.skip()
    this.timeout(240_000)
    const {played, ends} = await play({seed: 5, kills: 12, cache: 'file', onRound: () => undefined})
    for (const {facts, verdict} of played) expect(verdict.violations, timelineOf(facts)).to.deep.equal([])
    expect(ends.unpruned).to.equal(0)
  })
})
