import type {StrategyErrorCode} from '../plugin.ts'

const strategyCodes: Readonly<Record<StrategyErrorCode, true>> = {
  CONFIG_INVALID: true,
  NOT_APPLICABLE: true,
  SIGN_IN_REQUIRED: true,
  SIGN_IN_REFUSED: true,
  ROLE_NOT_OFFERED: true,
  AWS_REFUSED: true,
  TIMED_OUT: true,
  UNAVAILABLE: true,
  BAD_RESPONSE: true,
}

/** Whether a plugin may throw errors with this code. */
export function isStrategyErrorCode(code: unknown): code is StrategyErrorCode {
  return typeof code === 'string' && Object.hasOwn(strategyCodes, code)
}
