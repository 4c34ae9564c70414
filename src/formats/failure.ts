import {type AwsOidcError, exitCodeOf} from '../errors.ts'

/** A failure as `--json` reports it. Stable: scripts may rely on it. */
export function failureDocument({code, message, hint}: AwsOidcError) {
  return {code, message, ...(hint && {hint}), exitCode: exitCodeOf(code)}
}

/** A hint as lines of their own; empty without a hint. */
export function tryLines(hint: string | undefined): readonly string[] {
  return hint === undefined ? [] : `Try: ${hint}`.split('\n')
}
