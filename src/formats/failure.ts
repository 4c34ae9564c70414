import {type AwsOidcError, exitCodeOf} from '../errors.ts'

/** A failure as `--json` reports it. Stable: scripts may rely on it. */
export function failureDocument({code, message, hint}: AwsOidcError) {
  return {code, message, ...(hint && {hint}), exitCode: exitCodeOf(code)}
}

/** What to do about something, in lines of its own; none where nobody knows. */
export function tryLines(hint: string | undefined): readonly string[] {
  return hint === undefined ? [] : `Try: ${hint}`.split('\n')
}
