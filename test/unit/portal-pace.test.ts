import {expect} from 'chai'
import {paceFor} from '../../src/identity-center/pace.ts'

const tooMany = () =>
  Object.assign(new Error('Too many.'), {
    name: 'TooManyRequestsException',
    $fault: 'client',
    $metadata: {httpStatusCode: 429},
  })

/** A clock that moves when somebody sleeps: the earliest sleeper wakes first. */
function virtualClock() {
  let time = 1_000_000
  const sleepers: {readonly at: number; readonly wake: () => void}[] = []
  return {
    now: () => new Date(time),
    sleep: (milliseconds: number) =>
      new Promise<void>(resolve => {
        sleepers.push({at: time + milliseconds, wake: resolve})
      }),
    /** Moves on until the work is done. */
    async run<Result>(work: Promise<Result>): Promise<Result> {
      let over = false
      const ended = work.finally(() => {
        over = true
      })
      ended.catch(() => undefined)
      for (;;) {
        for (let step = 0; step < 50; step++) await Promise.resolve()
        if (over) return ended
        sleepers.sort((a, b) => a.at - b.at)
        const next = sleepers.shift()
        if (!next) return ended
        time = Math.max(time, next.at)
        next.wake()
      }
    },
    milliseconds: () => time - 1_000_000,
  }
}

/** The portal's limit, as the sandbox has it: after a burst, everything is refused for a second. */
function portalAt(perSecond: number, now: () => Date) {
  const burst = 20
  let [permits, filledAt, blockedUntil, served, refused] = [burst, now().getTime(), 0, 0, 0]
  return {
    counts: () => ({served, refused}),
    async request() {
      const time = now().getTime()
      permits = Math.min(burst, permits + ((time - filledAt) * perSecond) / 1000)
      filledAt = time
      if (time >= blockedUntil && permits >= 1) {
        permits--
        return ++served
      }
      if (time >= blockedUntil) blockedUntil = time + 1000
      refused++
      throw tooMany()
    },
  }
}

describe('the pace of requests to the portal', () => {
  for (const perSecond of [20, 12, 5]) {
    it(`finds ${perSecond} a second, loses no request, and takes little longer than that allows`, async () => {
      const clock = virtualClock()
      const [portal, pace] = [portalAt(perSecond, clock.now), paceFor(clock)]
      const ten = Array.from({length: 10}, async () => {
        for (let request = 0; request < 50; request++) await pace(portal.request)
      })
      await clock.run(Promise.all(ten))
      expect(portal.counts().served).to.equal(500)
      expect(clock.milliseconds() / 1000 / (500 / perSecond)).to.be.lessThan(1.3)
    })
  }

  it('hands on any other failure at once', async () => {
    const clock = virtualClock()
    let calls = 0
    const failing = async () => {
      calls++
      throw new Error('no network')
    }
    const failure = await clock.run(paceFor(clock)(failing).catch((error: unknown) => error))
    expect(failure).to.have.property('message', 'no network')
    expect(calls).to.equal(1)
  })

  it('gives up on a portal that takes nothing', async () => {
    const clock = virtualClock()
    let calls = 0
    const failing = async () => {
      calls++
      throw tooMany()
    }
    const failure = await clock.run(paceFor(clock)(failing).catch((error: unknown) => error))
    expect(failure).to.have.property('name', 'TooManyRequestsException')
    expect(calls).to.equal(12)
  })
})
