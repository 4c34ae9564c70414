import type {Host} from '../plugin.ts'
import {isThrottled} from './failures.ts'

/** Makes requests at the rate that the portal takes, and repeats those that were too many. */
export type Pace = <Answer>(request: () => Promise<Answer>) => Promise<Answer>

/** AWS's quota for all callers of an organization together (user guide, "quotas"); other people may use some of it. */
const mostPerSecond = 20
const fewestPerSecond = 0.5
/** As many as come at once after a pause. */
const burst = 10
/** How long a portal that has had enough refuses everything, at first; it doubles while that goes on. */
const pauseMilliseconds = 1000
const longestPauseMilliseconds = 16_000
const tries = 12

/**
 * One rate for all requests that go through it: slower by a third after each refusal, faster by a little after each
 * success. A refused request is made again, until it has been refused a dozen times.
 */
export function paceFor({now, sleep}: Pick<Host, 'now' | 'sleep'>): Pace {
  let perSecond = mostPerSecond
  let permits = burst
  let filledAt = now().getTime()
  let pausedUntil = 0
  let refusals = 0
  let queue: Promise<void> = Promise.resolve()

  async function admitted(): Promise<void> {
    for (;;) {
      const time = now().getTime()
      // A clock that was set back must not stop the filling.
      permits = Math.min(burst, permits + (Math.max(0, time - filledAt) * perSecond) / 1000)
      filledAt = time
      const pause = pausedUntil - time
      if (pause <= 0 && permits >= 1) {
        permits -= 1
        return
      }
      await sleep(pause > 0 ? Math.min(pause, longestPauseMilliseconds) : Math.ceil(((1 - permits) * 1000) / perSecond))
    }
  }

  /** In turns, so that a pause wakes one request after the other and not all at once. */
  function turn(): Promise<void> {
    const next = queue.then(admitted)
    queue = next.catch(() => undefined)
    return next
  }

  function slowDown(): void {
    const time = now().getTime()
    // Those that were under way together are refused together: that is one refusal.
    if (time < pausedUntil) return
    perSecond = Math.max(fewestPerSecond, perSecond * 0.67)
    permits = 0
    pausedUntil = time + Math.min(longestPauseMilliseconds, pauseMilliseconds * 2 ** refusals)
    refusals++
  }

  return async request => {
    for (let attempt = 1; ; attempt++) {
      await turn()
      try {
        const answer = await request()
        refusals = 0
        perSecond = Math.min(mostPerSecond, perSecond + 0.1)
        return answer
      } catch (error) {
        if (!isThrottled(error) || attempt === tries) throw error
        slowDown()
      }
    }
  }
}
