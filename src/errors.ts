import {isStrategyErrorCode} from './contract/error-codes.ts'
import type {ProviderRefusal, StrategyErrorCode} from './plugin.ts'
import {onScreen} from './text/printable.ts'

export {printable} from './text/printable.ts'

/** Why a command failed. Stable: scripts and other programs may rely on these codes. */
export type ErrorCode =
  | StrategyErrorCode
  | 'USAGE'
  | 'ROLE_REQUIRED'
  | 'PLUGIN_FAILED'
  | 'OUTPUT_FAILED'
  | 'CHECK_FAILED'
  | 'INTERRUPTED'
  | 'TERMINATED'

/** The only mapping from error codes to exit codes; documented in docs/exit-codes.md. */
const exitCodes: Readonly<Record<ErrorCode, number>> = {
  PLUGIN_FAILED: 1,
  OUTPUT_FAILED: 1,
  USAGE: 2,
  CONFIG_INVALID: 2,
  ROLE_REQUIRED: 2,
  NOT_APPLICABLE: 3,
  SIGN_IN_REQUIRED: 3,
  SIGN_IN_REFUSED: 4,
  AWS_REFUSED: 5,
  ROLE_NOT_OFFERED: 5,
  UNAVAILABLE: 6,
  TIMED_OUT: 6,
  BAD_RESPONSE: 6,
  CHECK_FAILED: 7,
  INTERRUPTED: 130,
  TERMINATED: 143,
}

export interface ErrorDetail {
  /** One thing the user can type or do now; a list for a hint of several lines. */
  readonly hint?: string | readonly string[] | undefined
  readonly cause?: unknown
  /** The provider's own words, for a strategy that can explain them. */
  readonly refusal?: ProviderRefusal
}

/** An expected failure: says what went wrong, with what, and what to do. A plain `Error` is a bug of ours. */
export class AwsOidcError extends Error {
  override readonly name = 'AwsOidcError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly refusal: ProviderRefusal | undefined

  /** Pass a message of several lines as a list: a line break inside an element does not start another line. */
  constructor(code: ErrorCode, message: string | readonly string[], detail: ErrorDetail = {}) {
    super(onScreen(message), detail.cause === undefined ? undefined : {cause: detail.cause})
    this.code = code
    this.hint = detail.hint === undefined ? undefined : onScreen(detail.hint)
    this.refusal = detail.refusal
  }
}

export function refusalInWords({error, description}: ProviderRefusal): string {
  return description === undefined ? error : `${error} (${description})`
}

/** That a plugin failed. The reason is the end of a sentence, and `printable` where it comes from the plugin. */
export function pluginFailure(plugin: string, reason: string, cause?: unknown): AwsOidcError {
  return new AwsOidcError('PLUGIN_FAILED', `The plugin ${plugin} failed: ${reason.replace(/\.$/, '')}.`, {
    hint: `aws-oidc plugins uninstall ${plugin}`,
    cause,
  })
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(exitCodes, code)
}

export function exitCodeOf(code: ErrorCode): number {
  return exitCodes[code]
}

/**
 * The expected failure inside `error`, which libraries may have wrapped. Errors of plugins are recognized by their
 * `code`, because a plugin has no access to this class; a code that is not for plugins makes no expected failure.
 */
export function expectedFailure(error: unknown): AwsOidcError | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 10; at = at.cause, depth++) {
    if (at instanceof AwsOidcError) return at
    const {code, hint} = readCode(at)
    if (isStrategyErrorCode(code)) return new AwsOidcError(code, at.message, {hint, cause: at.cause})
  }
  return undefined
}

function readCode(error: Error): {code: unknown; hint: string | undefined} {
  const code = 'code' in error ? error.code : undefined
  const hint = 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined
  return {code, hint}
}
