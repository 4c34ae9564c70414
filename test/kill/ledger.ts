import type {JournalEntry} from '../support/sandbox.ts'

/**
 * The refresh tokens that the provider still accepts, derived from its journal. Each use replaces a token; using a
 * spent one revokes all tokens of the same sign-in.
 */
export class Ledger {
  /** The sign-in that a refresh token came from. */
  readonly #families = new Map<string, symbol>()
  readonly #live = new Set<string>()

  isLive(token: string | undefined): boolean {
    return token !== undefined && this.#live.has(token)
  }

  note({kind, outcome, spent, given}: JournalEntry): void {
    if (kind !== 'token') return
    const family = (spent !== undefined && this.#families.get(spent)) || Symbol()
    if (outcome === 'ok' && given !== undefined) {
      if (spent !== undefined) this.#live.delete(spent)
      this.#families.set(given, family)
      this.#live.add(given)
    } else if (outcome === 'invalid_grant') {
      for (const [token, other] of this.#families) if (other === family) this.#live.delete(token)
    }
  }

  /** As when the provider ends all sessions. */
  endAll(): void {
    this.#live.clear()
  }

  copy(): Ledger {
    const copy = new Ledger()
    for (const [token, family] of this.#families) copy.#families.set(token, family)
    for (const token of this.#live) copy.#live.add(token)
    return copy
  }
}
