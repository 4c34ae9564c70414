import {createHash} from 'node:crypto'
import type {Clock} from './clock.ts'

export type JournalKind =
  | 'authorization'
  | 'device'
  | 'sign-in'
  | 'token'
  | 'revocation'
  | 'discovery'
  | 'jwks'
  | 'sts'
  | 'federation'
  | 'sso-oidc'
  | 'sso'

/** One event. Never contains a token, a code, a password or a key. */
export interface JournalEntry {
  readonly at: string
  readonly kind: JournalKind
  readonly grant?: string
  readonly action?: string
  /** The HTTP method of a request to the console's federation endpoint. */
  readonly method?: string
  readonly role?: string
  readonly durationSeconds?: number
  readonly user?: string
  /** Fingerprints of the refresh token presented (`spent`) and the one issued (`given`), to tell them apart. */
  readonly spent?: string
  readonly given?: string
  /** `ok`, or the error code answered; `cut` for a connection cut by a fault. */
  readonly outcome: string
}

export class Journal {
  readonly #clock: Clock
  #entries: JournalEntry[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(entry: Omit<JournalEntry, 'at'>): void {
    this.#entries.push({at: this.#clock.now().toISOString(), ...entry})
  }

  entries(): readonly JournalEntry[] {
    return this.#entries
  }

  clear(): void {
    this.#entries = []
  }
}

/** A short hash that identifies a secret without revealing it. */
export function fingerprintOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 16)
}
