/** The sandbox's clock, which a test may set wrong. */
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
