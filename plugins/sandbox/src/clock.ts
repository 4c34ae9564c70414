/** The sandbox's idea of the time, which may be wrong on order. */
export class Clock {
  offsetSeconds = 0

  now(): Date {
    return new Date(Date.now() + this.offsetSeconds * 1000)
  }

  epochSeconds(): number {
    return Math.floor(this.now().getTime() / 1000)
  }
}

/** ISO 8601 in whole seconds, the way AWS writes times. */
export function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z')
}
