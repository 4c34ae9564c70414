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

/** One thing that happened. Never holds a token, a code, a password or a key. */
export interface JournalEntry {
  readonly at: string
  readonly kind: JournalKind
  readonly grant?: string
  readonly action?: string
  /** How the console's federation endpoint was asked. */
  readonly method?: string
  readonly role?: string
  readonly durationSeconds?: number
  readonly user?: string
  /** The refresh token that was shown, and the one that was given: fingerprints, which tell one from another. */
  readonly spent?: string
  readonly given?: string
  /** `ok`, or the error code that was answered; `cut` for a connection cut by a fault. */
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

/** Tells a secret from another one without giving it away. */
export function fingerprintOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 16)
}
