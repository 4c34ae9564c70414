import {randomBytes} from 'node:crypto'
import type {Clock} from '../clock.ts'
import {ServiceError} from './errors.ts'

export const authorizationCode = 'authorization_code'
export const deviceCode = 'urn:ietf:params:oauth:grant-type:device_code'
export const refreshToken = 'refresh_token'

/** The scope that opens the portal. */
export const accountAccess = 'sso:account:access'

/** What a client told about itself when it registered. */
export interface ClientMetadata {
  readonly name: string
  readonly scopes: readonly string[]
  readonly grants: readonly string[]
  readonly redirectUris: readonly string[]
}

export interface Client extends ClientMetadata {
  readonly id: string
  readonly secret: string
  /** In milliseconds, as all times that are kept here. */
  expiresAt: number
}

/** The registered clients. */
export class Clients {
  readonly #clock: Clock
  readonly #byId = new Map<string, Client>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  register(metadata: ClientMetadata, lifetimeSeconds: number): Client {
    const client = {
      ...metadata,
      id: randomBytes(16).toString('base64url'),
      // As long as the original's, which keychains must be able to hold (https://github.com/aws/aws-cli/issues/7892).
      secret: `eyJ${randomBytes(1275).toString('base64url')}`,
      expiresAt: this.#clock.now().getTime() + lifetimeSeconds * 1000,
    }
    this.#byId.set(client.id, client)
    return client
  }

  find(id: string): Client | undefined {
    const client = this.#byId.get(id)
    return client && client.expiresAt > this.#clock.now().getTime() ? client : undefined
  }

  /** The client with this secret. Refuses an unknown one, a wrong secret and one that has expired, all alike. */
  authenticate(id: string, secret: string): Client {
    const client = this.find(id)
    if (client?.secret === secret) return client
    throw new ServiceError('InvalidClientException', 'Invalid client provided')
  }

  /** Lets all registrations expire. */
  expire(): void {
    for (const client of this.#byId.values()) client.expiresAt = 0
  }
}
