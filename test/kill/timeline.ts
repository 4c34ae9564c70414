import type {Facts, Instant} from './facts.ts'

/** The events of a round, one per line, in milliseconds from its start. */
export function timelineOf({startedAt, callers, probe, asked, journal, kept, issued}: Facts): string {
  const events: readonly (readonly [Instant, string])[] = [
    ...[...callers, probe].map(
      ({endedAt, id, exitCode, endedBy}) => [endedAt, `${id} ended: ${exitCode ?? endedBy}`] as const,
    ),
    ...callers.flatMap(({id, kill}) => (kill ? [[kill.at, `${id} got ${kill.signal}`] as const] : [])),
    ...asked.map(({at, caller}) => [at, `${caller} opened a browser`] as const),
    ...journal.map(({at, ...entry}) => [Date.parse(at), Object.values(entry).join(' ')] as const),
    ...kept.map(({at, token}) => [at, `kept ${token ?? 'nothing'}`] as const),
    ...issued.map(at => [at, 'credentials saved'] as const),
  ]
  const lines = events
    .filter(([at]) => at >= startedAt)
    .toSorted(([a], [b]) => a - b)
    .map(([at, text]) => `${String(Math.round(at - startedAt)).padStart(8)} ${text}\n`)
  return lines.join('')
}
