import type {JournalEntry} from '../support/sandbox.ts'
import {wrongEndings} from './endings.ts'
import type {Asked, Facts, Instant} from './facts.ts'
import type {Ledger} from './ledger.ts'

/** The assessment of a round. */
export interface Verdict {
  /** Violations, a sentence each. */
  readonly violations: readonly string[]
  /** Sign-ins that could not be avoided. */
  readonly needed: number
  /** Refresh tokens that a killed caller had no chance to save. */
  readonly lostInFlight: readonly Loss[]
  /** Sign-ins whose caller was ended before it could save the tokens. */
  readonly diedWithCaller: number
  /** How many milliseconds each answer was at risk: from the provider's answer until it was saved. */
  readonly dangers: readonly number[]
  readonly refreshes: number
}

export interface Loss {
  /** When the caller was killed, relative to the provider's answer; negative while the request was still under way. */
  readonly milliseconds: number
}

/** An answer with tokens, and its index in the journal. */
interface Answer {
  readonly index: number
  readonly at: Instant
  readonly grant: string
  readonly given: string
  readonly keptAt: Instant | undefined
}

// A process that lives on this long after an answer has had time to save it.
const savingMilliseconds = 2_000
const clockMilliseconds = 5

/**
 * Judges a round. The ledger knows which tokens the provider accepted before the round, and is updated to the end of
 * it.
 */
export function judge(facts: Facts, ledger: Ledger): Verdict {
  const {journal, asked, damage, kind} = facts
  const before = ledger.copy()
  const livedBefore = ledger.isLive(facts.kept[0]?.token)
  for (const entry of journal) ledger.note(entry)

  const answers = answersIn(facts)
  const refreshed = answers.filter(({grant}) => grant === 'refresh_token')
  const lost = refreshed.filter(({keptAt}) => keptAt === undefined)
  const losses = lost.map(answer => explained(answer, facts))
  const wasted = asked.filter((one, index) => !isKept(one, asked[index + 1], answers))

  // Credentials that still work are served whatever happened to the sign-in.
  const mustSignIn = !livedBefore && kind !== 'soft' && kind !== 'warm'
  const renewable = kind === 'soft' ? 0 : lost.length
  const needed = (mustSignIn ? 1 : 0) + renewable + wasted.length
  const violations = [
    ...damage,
    ...wrongEndings(facts),
    ...losses.filter(loss => typeof loss === 'string'),
    ...wasted.flatMap(one => unexplained(one, answers, facts)),
    ...asked.flatMap((one, index) => needless(one, asked.slice(0, index), facts, before)),
    ...journal.flatMap(entry => usedAgain(entry, answers, journal)),
    ...(asked.length > needed ? [`${asked.length} sign-ins where ${needed} would have done`] : []),
    ...(kind === 'warm' && journal.length > 0 ? [`${journal.length} requests although the cache had all`] : []),
  ]
  return {
    violations,
    needed,
    lostInFlight: losses.filter(loss => typeof loss !== 'string'),
    diedWithCaller: wasted.length,
    dangers: answers.flatMap(({at, keptAt}) => (keptAt === undefined ? [] : [Math.max(0, keptAt - at)])),
    refreshes: refreshed.length,
  }
}

/** Answers with a refresh token. A refresh token that was used later counts as saved, too. */
function answersIn({journal, kept}: Facts): readonly Answer[] {
  return journal.flatMap(({kind, outcome, at: time, grant = '', given}, index) => {
    if (kind !== 'token' || outcome !== 'ok' || given === undefined) return []
    const at = Date.parse(time)
    const spent = journal.find(other => other.spent === given)
    const keptAt = kept.find(({token}) => token === given)?.at ?? (spent && Date.parse(spent.at))
    return [{index, at, grant, given, keptAt}]
  })
}

/**
 * The loss of a refresh token is excused only by a caller that was killed after the preceding request and before it had
 * time to save the token. The caller must do nothing else first: after the loss, AWS may be asked only after a new
 * sign-in.
 */
function explained({index, at}: Answer, {callers, journal, startedAt}: Facts): Loss | string {
  const lost = `the refresh token of ${new Date(at).toISOString()} is lost`
  const next = journal.slice(index + 1).find(({kind}) => kind === 'token' || kind === 'sts')
  if (next?.kind === 'sts') return `${lost}: AWS was asked before it was saved`
  const previous = journal[index - 1]
  const sent = (previous ? Date.parse(previous.at) : startedAt) - clockMilliseconds
  const killed = callers.find(({kill}) => isKill(kill?.signal) && within(kill?.at, sent, at + savingMilliseconds))
  if (!killed?.kill) return `${lost}: no caller was killed just then`
  return {milliseconds: killed.kill.at - at}
}

/** Whether the tokens of a sign-in were saved. */
function isKept({at}: Asked, next: Asked | undefined, answers: readonly Answer[]): boolean {
  return answers.some(
    answer =>
      answer.grant === 'authorization_code' &&
      answer.keptAt !== undefined &&
      within(answer.at, at, next?.at ?? Number.POSITIVE_INFINITY),
  )
}

/**
 * Violations by a sign-in whose tokens were not saved: excused only if its caller was ended, and killed if the tokens
 * had already been issued.
 */
function unexplained(one: Asked, answers: readonly Answer[], {callers, journal}: Facts): readonly string[] {
  const {kill} = callers.find(({id}) => id === one.caller) ?? {}
  if (!kill) return [`what came of the sign-in of caller ${one.caller} was not saved, and nobody ended it`]
  const answer = answers.find(({grant, at}) => grant === 'authorization_code' && within(at, one.at, kill.at))
  if (!answer || answer.keptAt !== undefined) return []
  const lost = `the tokens of the sign-in of caller ${one.caller} are lost`
  if (!isKill(kill.signal)) return [`${lost}: it was only asked to end`]
  const next = journal.slice(answer.index + 1).find(({kind}) => kind === 'token' || kind === 'sts')
  if (next?.kind === 'sts') return [`${lost}: AWS was asked before they were saved`]
  return kill.at - answer.at > savingMilliseconds ? [`${lost} although it had the time to save them`] : []
}

/** Violations by a sign-in that was started despite a working refresh token, or during another sign-in. */
function needless(one: Asked, earlier: readonly Asked[], facts: Facts, before: Ledger): readonly string[] {
  const {kept, journal} = facts
  const then = before.copy()
  for (const entry of journal) if (Date.parse(entry.at) < one.at) then.note(entry)
  const there = kept.findLast(({at}) => at < one.at)?.token
  const found: string[] = []
  if (then.isLive(there)) found.push(`caller ${one.caller} asked a person although a working refresh token was there`)
  for (const other of earlier) {
    if (isAsking(other, one.at, facts)) found.push(`${other.caller} and ${one.caller} asked a person at once`)
  }
  return found
}

/** Whether the user could still complete the caller's sign-in. */
function isAsking({caller, at: since}: Asked, at: Instant, {callers, kept}: Facts): boolean {
  const {endedAt = 0, kill} = callers.find(({id}) => id === caller) ?? {}
  const hasGivenUp = kill !== undefined && kill.at <= at
  const hasTokens = kept.some(({at: saved}) => within(saved, since, at))
  return endedAt > at && !hasGivenUp && !hasTokens
}

/** Violations by a used-up refresh token that was used again although its successor was saved. */
function usedAgain(
  entry: JournalEntry,
  answers: readonly Answer[],
  journal: readonly JournalEntry[],
): readonly string[] {
  const {outcome, spent, at} = entry
  if (outcome !== 'invalid_grant' || spent === undefined) return []
  const use = journal.findIndex(other => other.outcome === 'ok' && other.spent === spent)
  const answer = answers.find(({index}) => index === use)
  return answer?.keptAt === undefined ? [] : [`a refresh token that had been replaced was used again at ${at}`]
}

function isKill(signal: string | undefined): boolean {
  return signal === 'SIGKILL'
}

function within(at: Instant | undefined, from: Instant, until: Instant): boolean {
  return at !== undefined && at >= from && at <= until
}
