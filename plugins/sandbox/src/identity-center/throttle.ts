import type {Clock} from '../clock.ts'
import {ServiceError} from './errors.ts'

export interface ThrottleSettings {
  readonly ratePerSecond: number
  /** How many requests may come at once after a pause. */
  readonly burst: number
  /** How long everything is refused once the burst is used up. */
  readonly blockedSeconds: number
}

/**
 * 20 a second is AWS's quota for all callers together (user guide, limits; https://github.com/Noovolari/leapp/pull/297);
 * ten at a time were refused between the 31st and the 40th (https://github.com/jonathanmorley/oktaws/issues/512). The
 * burst and the length of the refusal that go with it are a guess.
 */
export const usualThrottle: ThrottleSettings = {ratePerSecond: 20, burst: 20, blockedSeconds: 1}

/** The portal's limit for all its callers, on the sandbox's clock. */
export class Throttle {
  readonly #clock: Clock
  #settings: ThrottleSettings | null = usualThrottle
  #permits = usualThrottle.burst
  #filledAt = 0
  #blockedUntil = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Begins anew with a full burst. `null` lets everything pass. */
  set(settings: ThrottleSettings | null): void {
    this.#settings = settings
    this.#permits = settings?.burst ?? 0
    this.#filledAt = this.#clock.now().getTime()
    this.#blockedUntil = 0
  }

  /** Throws for a request too many. Such a request doesn't count against the rate. */
  admit(): void {
    if (!this.#settings) return
    const {ratePerSecond, burst, blockedSeconds} = this.#settings
    const now = this.#clock.now().getTime()
    // A clock that was set back must not stop the filling, nor prolong the refusal.
    const elapsedMs = Math.max(0, now - this.#filledAt)
    this.#permits = Math.min(burst, this.#permits + (elapsedMs * ratePerSecond) / 1000)
    this.#filledAt = now
    const blockedMs = this.#blockedUntil - now
    const isBlocked = blockedMs > 0 && blockedMs <= blockedSeconds * 1000
    if (!isBlocked && this.#permits >= 1) {
      this.#permits -= 1
      return
    }
    if (!isBlocked) this.#blockedUntil = now + blockedSeconds * 1000
    throw new ServiceError('TooManyRequestsException', 'HTTP 429 Unknown Code')
  }
}
