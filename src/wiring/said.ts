import {Secrets} from '../errors.ts'
import type {Log} from '../plugin.ts'

/** The text of an error or of a line on stderr, with every secret of this process masked. */
export const secrets = new Secrets()

export function logTo(say: (text: string) => void, debug: boolean): Log {
  return {
    debug: message => (debug ? say(`debug: ${message}`) : undefined),
    info: say,
    warn: message => say(`Warning: ${message}`),
  }
}

/** Says the first of all warnings aloud, which has the others for its consequences. */
export function warningOnce(log: Log): Log {
  let warned = false
  return {
    ...log,
    warn(message) {
      if (warned) log.debug(message)
      else log.warn(message)
      warned = true
    },
  }
}
