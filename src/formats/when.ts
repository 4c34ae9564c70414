const minute = 60_000
const units = [
  ['day', 1440],
  ['hour', 60],
  ['minute', 1],
] as const

/** A time as somebody reads it who wants to know how long that is: `14:05 (in 43 minutes)`. */
export function when(time: Date, now: Date): string {
  const minutes = Math.round((time.getTime() - now.getTime()) / minute)
  const [unit, size] = units.find(([, size]) => Math.abs(minutes) >= size * 2) ?? ['minute', 1]
  const count = Math.trunc(minutes / size)
  const relative = count === 0 ? 'now' : new Intl.RelativeTimeFormat('en').format(count, unit)
  const sameDay = time.toDateString() === now.toDateString()
  const clock = time.toLocaleTimeString(undefined, {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'})
  return `${sameDay ? clock : `${time.toLocaleDateString()} ${clock}`} (${relative})`
}
