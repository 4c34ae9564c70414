import {expect} from 'chai'
import {systemClock} from '../../src/outside/system/clock.ts'

// Node fires a timer of over 2^31 - 1 ms at once.
const longerThanTimers = 2 ** 31 + 5

describe('the clock of this machine', () => {
  it('sleeps for longer than one timer can, until it is aborted', async () => {
    const slept = systemClock.sleep(longerThanTimers, AbortSignal.timeout(50)).then(
      () => 'it woke by itself',
      (error: Error) => error.name,
    )
    expect(await slept).to.equal('TimeoutError')
  })

  it('has a limit that is longer than one timer can be, and does not end at once', async () => {
    const limit = systemClock.limit(longerThanTimers, new Error('the limit'))
    await systemClock.sleep(20)
    limit.cancel()
    expect(limit.signal.aborted).to.equal(false)
  })
})
