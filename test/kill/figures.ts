import {isServed, wasEnded, wasGivenUp} from './endings.ts'
import type {Caller, Facts, Instant, Sent} from './facts.ts'
import type {Verdict} from './judge.ts'
import type {Prepared} from './prepare.ts'
import type {Round} from './schedule.ts'

/** A round with its facts and verdict. */
export interface Played {
  readonly round: Round
  readonly facts: Facts
  readonly verdict: Verdict
  readonly prepared: Prepared
}

const stages = [
  'nothing asked yet',
  'the provider asked',
  'a person asked',
  'tokens given, not saved',
  'tokens saved',
  'credentials saved',
] as const

export interface Ends {
  readonly minutes: number
  readonly temporaries: number
  readonly unpruned: number
}

/** The table at the end of a campaign. */
export function figuresOf(played: readonly Played[], {minutes, temporaries, unpruned}: Ends): string {
  const callers = played.flatMap(({facts}) => facts.callers)
  const ended = callers.filter(wasEnded)
  const kills = ended.flatMap(({kill}) => kill ?? [])
  const sent = callers.filter(({kill}) => kill !== undefined).length
  const verdicts = played.map(({verdict}) => verdict)
  const losses = verdicts.flatMap(({lostInFlight}) => lostInFlight)
  const recoveries = played.flatMap(({facts}) => facts.callers.filter(wasEnded).map(one => recovery(one, facts)))
  const needed = sum(verdicts, v => v.needed) + sum(played, ({prepared}) => prepared.needed)
  const seen = sum(played, ({facts, prepared}) => facts.asked.length + prepared.asked)
  const refreshes = sum(verdicts, ({refreshes: some}) => some)
  const dangers = verdicts.flatMap(({dangers: some}) => some)
  const rows: readonly (readonly [string, string])[] = [
    ['kills', `${kills.length} in ${minutes.toFixed(1)} min; ${sent - kills.length} more came too late`],
    ['  by signal', counted(kills, ({signal}) => signal)],
    ['  aimed at', counted(kills, ({aim}) => aim)],
    ['  when there was', counted(stagesOf(played), stage => stage, stages)],
    ['rounds', `${played.length}: ${counted(played, ({round}) => round.kind)}`],
    [
      'callers',
      `${callers.length}: ${ended.length} ended, ${callers.filter(isServed).length} served, ` +
        `${callers.filter(wasGivenUp).length} told that the sign-in was given up`,
    ],
    ['sign-ins', `${seen} seen, ${needed} needed; ${sum(verdicts, v => v.diedWithCaller)} died with their caller`],
    ['refreshes', `${refreshes}, of which lost in flight ${losses.length}${lateness(losses)}`],
    ['answer to saved', `median ${median(dangers)} ms, longest ${Math.round(Math.max(0, ...dangers))} ms`],
    ['kill to success', `median ${median(recoveries)} ms, longest ${Math.max(0, ...recoveries)} ms`],
    ['hangs', String(callers.filter(({hung}) => hung).length)],
    ['damaged files', String(sum(played, ({facts}) => facts.damage.length))],
    ['temporary files', `${temporaries} left by killed callers, ${unpruned} of them still there when old`],
    ['violations', String(sum(verdicts, ({violations}) => violations.length))],
  ]
  return rows.map(([name, text]) => `${name.padEnd(16)} ${text}\n`).join('')
}

/** The stage that the round had reached at each kill. */
function stagesOf(played: readonly Played[]): readonly (typeof stages)[number][] {
  return played.flatMap(({facts}) =>
    facts.callers.filter(wasEnded).flatMap(({kill}) => (kill ? stageAt(kill, facts) : [])),
  )
}

function stageAt({at}: Sent, {journal, asked, kept, issued, startedAt}: Facts): (typeof stages)[number] {
  const before = (times: readonly Instant[]) => Math.max(0, ...times.filter(time => time >= startedAt && time <= at))
  const asking = before(journal.map(entry => Date.parse(entry.at)))
  const user = before(asked.map(one => one.at))
  const answered = before(journal.filter(({given}) => given !== undefined).map(entry => Date.parse(entry.at)))
  const saved = before(kept.map(one => one.at))
  const done = before(issued)
  if (done > 0 && done >= saved) return 'credentials saved'
  if (saved > 0 && saved >= answered && saved >= user) return 'tokens saved'
  if (answered > 0 && answered >= user) return 'tokens given, not saved'
  if (user > 0) return 'a person asked'
  return asking > 0 ? 'the provider asked' : 'nothing asked yet'
}

/** Milliseconds from a kill to the end of the next call that was served. */
function recovery({kill}: Caller, {callers, probe}: Facts): number {
  const at = kill?.at ?? 0
  const next = [...callers, probe].filter(caller => isServed(caller) && caller.endedAt > at).map(({endedAt}) => endedAt)
  return Math.min(...next) - at
}

function lateness(losses: readonly {readonly milliseconds: number}[]): string {
  const times = losses.map(({milliseconds}) => `${milliseconds}`).join(', ')
  return times && ` (killed so many ms after the answer: ${times})`
}

function counted<Value>(values: readonly Value[], nameOf: (value: Value) => string, order?: readonly string[]): string {
  const counts = new Map<string, number>(order?.map(name => [name, 0]))
  for (const value of values) counts.set(nameOf(value), (counts.get(nameOf(value)) ?? 0) + 1)
  return [...counts].map(([name, count]) => `${name} ${count}`).join(', ')
}

function sum<Value>(values: readonly Value[], of: (value: Value) => number): number {
  return values.reduce((total, value) => total + of(value), 0)
}

function median(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0)
}
