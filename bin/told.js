import {Errors} from '@oclif/core'
import {exitCodeOf} from '../src/errors.ts'
import {complain, prose} from '../src/outside/terminal/output.ts'
import {onScreen} from '../src/text/printable.ts'

/**
 * Says a problem on stderr as our own commands do: oclif would cut the lines.
 * @param {string} message
 * @param {string} [hint]
 */
export function tell(message, hint) {
  complain(prose(onScreen([message, ...(hint === undefined ? [] : [`Try: ${hint}`]), '']), 2))
}

/**
 * Says an error, and returns the one that makes oclif end the call with its exit code.
 * @param {import('../src/errors.ts').AwsOidcError} error
 */
export function told({code, message, hint}) {
  tell(`Error: ${message}`, hint)
  return new Errors.ExitError(exitCodeOf(code))
}
