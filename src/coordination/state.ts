import {join} from 'node:path'
import type {ErrorCode} from '../errors.ts'
import {isErrorCode} from '../errors.ts'
import {named, readDate, readObject} from '../text/json.ts'

/** What this machine remembers of a provider besides secrets. Losing it costs a question or a request, never access. */
export interface ProviderState {
  /** Counts failures of work that others wait for; a process that waited compares it to see what failed meanwhile. */
  readonly failures: number
  /** The last of those failures in each scope, until work in that scope succeeds. */
  readonly sharedFailures: readonly NumberedFailure[]
  /** Why the last call failed, until one succeeds. Some clients hide what we write to stderr. */
  readonly lastProblem?: Problem
  /** When asking the user last failed: two within twelve hours block unattended sign-in until one succeeds. */
  readonly signInFailures: readonly Date[]
  /** Roles that AWS has refused, by credential key and role. */
  readonly refusedRoles: Readonly<Record<string, RefusedRole>>
  /** Durations that AWS granted instead of those requested, by role. */
  readonly durations: Readonly<Record<string, LearnedDuration>>
  /** When renewal was last tried for credentials that still work, by key. */
  readonly renewals: Readonly<Record<string, Date>>
  /** The role that the user chose last, offered first the next time. */
  readonly lastRole?: string
  /** How often a signed-in user has gone: signed out, or replaced by another user. */
  readonly departures: number
}

export interface SharedFailure {
  /** `sign-in` concerns every process that waits; a credential key, only those that wait for the same credentials. */
  readonly scope: string
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string | undefined
}

export interface NumberedFailure extends SharedFailure {
  /** The value of `failures` from then on. */
  readonly number: number
}

export interface Problem {
  readonly at: Date
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string | undefined
}

export interface RefusedRole {
  readonly at: readonly Date[]
  readonly message: string
}

export interface LearnedDuration {
  readonly asked: number
  readonly given: number
  readonly until: Date
}

const emptyState: ProviderState = {
  departures: 0,
  failures: 0,
  sharedFailures: [],
  signInFailures: [],
  refusedRoles: {},
  durations: {},
  renewals: {},
}

export interface States {
  /** The remembered state; an empty one if none can be read. */
  read(providerId: string): Promise<ProviderState>
  /** Changes the state under a lock, one process at a time. Resolves to whether it was saved; never rejects. */
  change(providerId: string, change: (state: ProviderState) => ProviderState): Promise<boolean>
}

export interface StateDependencies {
  readonly folder: string | undefined
  readonly readText: (path: string) => Promise<string | undefined>
  readonly replace: (path: string, text: string) => Promise<void>
  /** Does the work under the lock of that name, which is only held for as long as a change takes. */
  readonly exclusively: <Result>(name: string, work: () => Promise<Result>) => Promise<Result>
}

export function fileStates({folder, readText, replace, exclusively}: StateDependencies): States {
  const pathOf = (providerId: string) => (folder === undefined ? undefined : join(folder, `${providerId}.json`))

  async function read(providerId: string): Promise<ProviderState> {
    const path = pathOf(providerId)
    if (path === undefined) return emptyState
    try {
      const text = await readText(path)
      return text === undefined ? emptyState : parseState(JSON.parse(text))
    } catch {
      // An unreadable state is as good as none: it holds conveniences only.
      return emptyState
    }
  }

  return {
    read,
    async change(providerId, change) {
      const path = pathOf(providerId)
      if (path === undefined) return false
      try {
        await exclusively(`state.${providerId}`, async () =>
          replace(path, JSON.stringify(change(await read(providerId)))),
        )
        return true
      } catch {
        return false
      }
    },
  }
}

function parseState(value: unknown): ProviderState {
  const state = readObject(value)
  const lastProblem = readProblem(state.lastProblem)
  return {
    departures: readNumber(state.departures) ?? 0,
    failures: readNumber(state.failures) ?? 0,
    sharedFailures: readList(state.sharedFailures, readFailure),
    ...(lastProblem && {lastProblem}),
    signInFailures: readDates(state.signInFailures),
    refusedRoles: readEach(state.refusedRoles, readRefusedRole),
    durations: readEach(state.durations, readDuration),
    renewals: readEach(state.renewals, readDate),
    ...(typeof state.lastRole === 'string' && {lastRole: state.lastRole}),
  }
}

function readFailure(value: unknown): NumberedFailure | undefined {
  const {scope, code, message, hint, number: written} = readObject(value)
  const number = readNumber(written)
  if (typeof scope !== 'string' || typeof message !== 'string' || !isErrorCode(code)) return undefined
  return number === undefined ? undefined : {number, scope, code, message, ...(typeof hint === 'string' && {hint})}
}

function readProblem(value: unknown): Problem | undefined {
  const {at: time, code, message, hint} = readObject(value)
  const at = readDate(time)
  if (!at || typeof message !== 'string' || !isErrorCode(code)) return undefined
  return {at, code, message, ...(typeof hint === 'string' && {hint})}
}

function readRefusedRole(value: unknown): RefusedRole | undefined {
  const {at, message} = readObject(value)
  return typeof message === 'string' ? {at: readDates(at), message} : undefined
}

function readDuration(value: unknown): LearnedDuration | undefined {
  const record = readObject(value)
  const [asked, given, until] = [readNumber(record.asked), readNumber(record.given), readDate(record.until)]
  return asked !== undefined && given !== undefined && until ? {asked, given, until} : undefined
}

function readEach<Value>(value: unknown, read: (member: unknown) => Value | undefined): Record<string, Value> {
  const found: [string, Value][] = []
  for (const [name, member] of Object.entries(readObject(value))) {
    const parsed = read(member)
    if (parsed !== undefined) found.push([name, parsed])
  }
  return named(found)
}

function readDates(value: unknown): readonly Date[] {
  return readList(value, readDate)
}

function readList<Value>(value: unknown, read: (member: unknown) => Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value.map(read).filter(member => member !== undefined) : []
}

function readNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
