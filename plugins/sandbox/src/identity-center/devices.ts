import {randomBytes, randomInt} from 'node:crypto'
import type {Clock} from '../clock.ts'
import type {Client} from './clients.ts'
import {invalidGrant, ServiceError} from './errors.ts'
import type {PortalSession} from './sessions.ts'

/** A device that waits for a person to let it in. */
export interface DeviceRequest {
  readonly client: Client
  readonly deviceCode: string
  readonly userCode: string
  readonly intervalSeconds: number
  readonly expiresAt: number
  polledAt: readonly number[]
  decision: PortalSession | 'denied' | undefined
}

export interface DeviceTimes {
  readonly deviceCodeSeconds: number
  readonly intervalSeconds: number
}

const letters = 'BCDFGHJKLMNPQRSTVWXZ'
// The client's timer may fire a few milliseconds early.
const toleratedMs = 100
// The AWS CLI asks once before it shows the code and again at once; the original doesn't tell it to slow down.
const pollsPerInterval = 2

/** The device codes, by which devices ask, and the user codes, which people see. */
export class DeviceRequests {
  readonly #clock: Clock
  readonly #byDeviceCode = new Map<string, DeviceRequest>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  begin(client: Client, {deviceCodeSeconds, intervalSeconds}: DeviceTimes): DeviceRequest {
    const request = {
      client,
      deviceCode: randomBytes(64).toString('base64url'),
      userCode: `${randomLetters()}-${randomLetters()}`,
      intervalSeconds,
      expiresAt: this.#now() + deviceCodeSeconds * 1000,
      polledAt: [],
      decision: undefined,
    }
    this.#byDeviceCode.set(request.deviceCode, request)
    return request
  }

  /** The undecided request whose code a person typed, in whatever case, with or without the dash. */
  byUserCode(typed: string): DeviceRequest | undefined {
    const plain = (code: string) => code.toUpperCase().replace(/[^A-Z]/g, '')
    return [...this.#byDeviceCode.values()].find(
      request => plain(request.userCode) === plain(typed) && this.isOpen(request),
    )
  }

  isOpen({decision, expiresAt}: DeviceRequest): boolean {
    return decision === undefined && expiresAt > this.#now()
  }

  /** The session that lets the device in; refuses as long as there is none. The code is used up by it. */
  poll(deviceCode: string, client: Client): PortalSession {
    const request = this.#byDeviceCode.get(deviceCode)
    if (request?.client !== client) throw invalidGrant('Invalid device code provided')
    if (request.expiresAt <= this.#now()) throw new ServiceError('ExpiredTokenException', 'Device code has expired')
    if (request.decision === 'denied') throw new ServiceError('AccessDeniedException', 'Access denied')
    this.#refuseHaste(request)
    if (request.decision === undefined) {
      throw new ServiceError('AuthorizationPendingException', 'Authorization is still pending')
    }
    this.#byDeviceCode.delete(deviceCode)
    return request.decision
  }

  #refuseHaste(request: DeviceRequest): void {
    const now = this.#now()
    const intervalMs = request.intervalSeconds * 1000 - toleratedMs
    const recent = request.polledAt.filter(at => Math.abs(now - at) < intervalMs)
    request.polledAt = [...recent, now]
    if (recent.length >= pollsPerInterval) throw new ServiceError('SlowDownException', 'Slow down')
  }

  #now(): number {
    return this.#clock.now().getTime()
  }
}

function randomLetters(): string {
  return Array.from({length: 4}, () => letters[randomInt(letters.length)]).join('')
}
