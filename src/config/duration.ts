import {AwsOidcError} from '../errors.ts'

const units: ReadonlyMap<string, number> = new Map([
  ['h', 3600],
  ['m', 60],
])

/** Seconds of `12h`, `90m`, `3600s`, `3600` or the number 3600; `undefined` for anything else. */
export function readDuration(value: unknown): number | undefined {
  const [, amount, unit] = /^(\d{1,6})([hms]?)$/.exec(String(value)) ?? []
  if (amount === undefined || (typeof value !== 'string' && typeof value !== 'number')) return undefined
  return Number(amount) * (units.get(unit ?? '') ?? 1)
}

/**
 * Returns `seconds` if AWS STS accepts it as `DurationSeconds`, 900 to 43200; else throws CONFIG_INVALID.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export function checkSessionDuration(seconds: number, where: string): number {
  if (isSessionDuration(seconds)) return seconds
  throw new AwsOidcError(
    'CONFIG_INVALID',
    `${where}: AWS gives role sessions of 15 minutes to 12 hours, not ${seconds} s.`,
    {
      hint: 'a duration from 15m to 12h',
    },
  )
}

export function isSessionDuration(seconds: number): boolean {
  return seconds >= 900 && seconds <= 43_200
}

/** Seconds as written into the configuration: `12h`, `90m`, or a plain number. */
export function durationText(seconds: number): string | number {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`
  return seconds % 60 === 0 ? `${seconds / 60}m` : seconds
}
