import {randomBytes} from 'node:crypto'
import type {AuthorizationRequest} from './codes.ts'
import type {DeviceRequest} from './devices.ts'

/** What a person is about to decide on in a browser: to let a client on this computer in, or a device. */
export type Visit = {readonly request: AuthorizationRequest} | {readonly device: DeviceRequest}

/** The decisions that are open, each at an address that can't be guessed. */
export class Visits {
  readonly #open = new Map<string, Visit>()

  begin(visit: Visit): string {
    const id = randomBytes(18).toString('base64url')
    this.#open.set(id, visit)
    return id
  }

  find(id: string): Visit | undefined {
    return this.#open.get(id)
  }

  end(id: string): void {
    this.#open.delete(id)
  }
}
