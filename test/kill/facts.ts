import type {JournalEntry} from '../support/sandbox.ts'
import type {Kind, Moment, Signal} from './schedule.ts'

/** Times are milliseconds since 1970: campaign, callers and sandbox share a machine and its clock. */
export type Instant = number

export interface Caller {
  readonly id: string
  readonly startedAt: Instant
  readonly endedAt: Instant
  readonly exitCode: number | null
  /** What ended it, where no exit code did. */
  readonly endedBy: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** It had not ended by itself when the limit was over. */
  readonly hung: boolean
  readonly kill: Sent | undefined
}

/** A signal that was sent to a caller that still ran. */
export interface Sent {
  readonly signal: Signal
  readonly aim: Moment['aim']
  readonly at: Instant
}

/** A browser that was opened. */
export interface Asked {
  readonly caller: string
  readonly at: Instant
}

/** What the entry of the tokens held from then on: the fingerprint of a refresh token, or none. */
export interface Kept {
  readonly at: Instant
  readonly token: string | undefined
}

/** What was seen of a round in which callers were killed. */
export interface Facts {
  readonly kind: Kind
  readonly startedAt: Instant
  readonly callers: readonly Caller[]
  /** Started when all others had ended, and left in peace. */
  readonly probe: Caller
  readonly asked: readonly Asked[]
  readonly journal: readonly JournalEntry[]
  /** The first one is what was there at the start. */
  readonly kept: readonly Kept[]
  /** When credentials were saved. */
  readonly issued: readonly Instant[]
  /** Files that were seen with half of their contents, are open to others, or are locked with nobody left to hold them. */
  readonly damage: readonly string[]
  /** How many temporary files the callers have left. */
  readonly temporaries: number
}
