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
