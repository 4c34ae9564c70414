import type {JsonObject} from './json.ts'
import type {SigningOrder} from './openid/id-token.ts'

export const faultTargets = [
  'discovery',
  'jwks',
  'authorization',
  'device',
  'token',
  'revocation',
  'sts',
  'federation',
  'sso-oidc',
  'sso',
] as const
export type FaultTarget = (typeof faultTargets)[number]

export interface IdTokenFault extends SigningOrder {
  readonly claims?: JsonObject | undefined
}

/** A fault that a test has ordered. The README, "Faults", describes the members. */
export interface Fault {
  readonly on: FaultTarget
  readonly grant?: string | undefined
  readonly action?: string | undefined
  readonly times?: number | undefined
  readonly skip?: number | undefined
  readonly delayMs?: number | undefined
  readonly cut?: boolean | undefined
  readonly status?: number | undefined
  readonly body?: string | undefined
  readonly contentType?: string | undefined
  readonly error?: string | undefined
  readonly message?: string | undefined
  readonly change?: JsonObject | undefined
  readonly redirect?: JsonObject | undefined
  readonly idToken?: IdTokenFault | undefined
}

/** The request that is about to be answered. */
export interface FaultOccasion {
  readonly on: FaultTarget
  readonly grant?: string | undefined
  readonly action?: string | undefined
  /** The redirect back to the client, as opposed to the request that began the authorization. */
  readonly callback?: boolean
}

interface PendingFault {
  readonly fault: Fault
  toSkip: number
  remaining: number
}

export class FaultList {
  #pending: PendingFault[] = []

  add(fault: Fault): void {
    this.#pending.push({fault, toSkip: fault.skip ?? 0, remaining: fault.times ?? Number.POSITIVE_INFINITY})
  }

  clear(): void {
    this.#pending = []
  }

  /** Takes the first fault due on this occasion, and counts it against the fault's `times`. */
  take(occasion: FaultOccasion): Fault | undefined {
    for (const pending of this.#pending) {
      if (pending.remaining === 0 || !concerns(pending.fault, occasion)) continue
      if (pending.toSkip > 0) {
        pending.toSkip -= 1
        continue
      }
      pending.remaining -= 1
      return pending.fault
    }
    return undefined
  }
}

function concerns(fault: Fault, occasion: FaultOccasion): boolean {
  if (fault.on !== occasion.on) return false
  if (fault.grant !== undefined && fault.grant !== occasion.grant) return false
  if (fault.action !== undefined && fault.action !== occasion.action) return false
  // An authorization has two occasions: errors and changed parameters concern the callback, the rest the start.
  const concernsCallback = fault.redirect !== undefined || fault.error !== undefined
  return fault.on !== 'authorization' || concernsCallback === (occasion.callback ?? false)
}
