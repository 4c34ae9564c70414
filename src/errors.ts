import type {ProviderRefusal, StrategyErrorCode} from './plugin.ts'

/** Why a command ended without its result. Stable: scripts and other programs may rely on it. */
export type ErrorCode =
  | StrategyErrorCode
  | 'USAGE'
  | 'ROLE_REQUIRED'
  | 'PLUGIN_FAILED'
  | 'OUTPUT_FAILED'
  | 'CHECK_FAILED'
  | 'INTERRUPTED'
  | 'TERMINATED'

/** The only place that turns a code into an exit code; documented in docs/exit-codes.md. */
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
  /** One thing the person can type or do now. */
  readonly hint?: string | undefined
  readonly cause?: unknown
  /** What the provider said, for a strategy that knows what it means there. */
  readonly refusal?: ProviderRefusal
}

/** An expected failure: what went wrong, about which thing, and what to do. A plain `Error` is a bug of ours. */
export class AwsOidcError extends Error {
  override readonly name = 'AwsOidcError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly refusal: ProviderRefusal | undefined

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : {cause: detail.cause})
    this.code = code
    this.hint = detail.hint
    this.refusal = detail.refusal
  }
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(exitCodes, code)
}

export function exitCodeOf(code: ErrorCode): number {
  return exitCodes[code]
}

/**
 * The expected failure inside `error`, looking through wrappers that libraries put around it.
 * Judged by `code`, because a plugin's error may be of another copy of this class.
 */
export function expectedFailure(error: unknown): AwsOidcError | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 10; at = at.cause, depth++) {
    if (at instanceof AwsOidcError) return at
    const {code, hint} = readCode(at)
    if (isErrorCode(code)) return new AwsOidcError(code, at.message, {hint, cause: at.cause})
  }
  return undefined
}

function readCode(error: Error): {code: unknown; hint: string | undefined} {
  const code = 'code' in error ? error.code : undefined
  const hint = 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined
  return {code, hint}
}

/** Every secret this process has met, so that nothing printed holds one. */
export class Secrets {
  #known: readonly string[] = []

  /** Masks `secret` from now on, also in the forms it takes in addresses and JSON. Under six characters it is ignored. */
  add(secret: string | undefined): void {
    if (secret === undefined || secret.length < 6) return
    const forms = [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({'': secret}).toString().slice(1),
      JSON.stringify(secret).slice(1, -1),
    ]
    // The longest first: a secret may be a part of another one.
    this.#known = [...new Set([...this.#known, ...forms])].toSorted((a, b) => b.length - a.length)
  }

  mask(text: string): string {
    let masked = text
    for (const secret of this.#known) masked = masked.replaceAll(secret, '***')
    return masked
  }
}

/** Text from outside, made safe to show: no control characters, and no longer than a person would read. */
export function printable(text: string, limit = 300): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim()
  return clean.length > limit ? `${clean.slice(0, limit)}…` : clean
}

/** The same of a value of JSON; of a list of texts, its items. */
export function printableValue(value: unknown, limit?: number): string {
  const isList = Array.isArray(value) && value.every(item => typeof item === 'string')
  const text = isList ? value.join(', ') : typeof value === 'string' ? value : JSON.stringify(value)
  return printable(text ?? '', limit)
}

// Of what commands a terminal, line ends, tabs and colours (ECMA-48, SGR) do no harm.
const harmlessOrControl = new RegExp(String.raw`(\n|\t|${'\u001b'}\[[\d;]*m)|[\p{Cc}\p{Cf}\u2028\u2029]`, 'gu')

/** Whole lines, made safe for a terminal whatever part of them came from outside. */
export function withoutControls(text: string): string {
  return text.replace(harmlessOrControl, (_, harmless: string | undefined) => harmless ?? ' ')
}
