const minute = 60_000
const units = [
  ['day', 1440],
  ['hour', 60],
  ['minute', 1],
] as const

/** A time for users, with the distance from now: `14:05 (in 43 minutes)`. */
export function when(time: Date, now: Date): string {
  const sameDay = time.toDateString() === now.toDateString()
  return `${sameDay ? '' : `${dayOf(time)} `}${clockOf(time)} (${distance(time, now)})`
}

function distance(time: Date, now: Date): string {
  const minutes = Math.round((time.getTime() - now.getTime()) / minute)
  const [unit, size] = units.find(([, size]) => Math.abs(minutes) >= size * 2) ?? ['minute', 1]
  const count = Math.abs(Math.trunc(minutes / size))
  if (count === 0) return 'now'
  const span = `${count} ${unit}${count === 1 ? '' : 's'}`
  return minutes > 0 ? `in ${span}` : `${span} ago`
}

// Not toLocaleString: its first call loads a language's rules, which takes longer than all the rest of `status`.
/** A date in the user's time zone. */
export function dayOf(time: Date): string {
  return [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(twoDigits).join('-')
}

function clockOf(time: Date): string {
  return [time.getHours(), time.getMinutes()].map(twoDigits).join(':')
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
