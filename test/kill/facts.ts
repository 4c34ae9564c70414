import type {JournalEntry} from '../support/sandbox.ts'
import type {Kind, Moment, Signal} from './schedule.ts'

/** Milliseconds since 1970: campaign, callers and sandbox share a machine and its clock. */
export type Instant = number

export interface Caller {
  readonly id: string
  readonly startedAt: Instant
  readonly endedAt: Instant
  readonly exitCode: number | null
  /** The signal that ended the caller, if there is no exit code. */
  readonly endedBy: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** Whether the caller was still running at the time limit. */
  readonly hung: boolean
  readonly kill: Sent | undefined
}

/** A signal that was sent while the caller was running. */
export interface Sent {
  readonly signal: Signal
  readonly aim: Moment['aim']
  readonly at: Instant
}

/** A browser that a caller opened. */
export interface Asked {
  readonly caller: string
  readonly at: Instant
}

/** The content of the token entry from this time on: the fingerprint of a refresh token, or none. */
export interface Kept {
  readonly at: Instant
  readonly token: string | undefined
}

/** The observations of a round in which callers were killed. */
export interface Facts {
  readonly kind: Kind
  readonly startedAt: Instant
  readonly callers: readonly Caller[]
  /** A last call, started after all others had ended, and left undisturbed. */
  readonly probe: Caller
  readonly asked: readonly Asked[]
  readonly journal: readonly JournalEntry[]
  /** Begins with the state at the start. */
  readonly kept: readonly Kept[]
  /** The times at which credentials were saved. */
  readonly issued: readonly Instant[]
  /** Files that were seen half written, are open to others, or stay locked although no caller is left. */
  readonly damage: readonly string[]
  /** How many temporary files the callers have left. */
  readonly temporaries: number
}
