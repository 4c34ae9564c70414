import {type Assignments, demandFit, printableOnly} from './variables.ts'

/**
 * For `aws-oidc creds --format fish | source`. Between single quotes fish takes `\\` and `\'` and nothing else:
 * https://fishshell.com/docs/current/language.html#quotes
 */
export function fishLines({set, unset}: Assignments): string {
  demandFit(set, printableOnly, 'fish')
  const lines = set.map(([name, value]) => `set -gx ${name} '${value.replace(/['\\]/g, '\\$&')}'\n`)
  // It fails where there is none, and `set -gx` leaves the status of what came before, so that `source` would have failed.
  // Universal variables are the person's own.
  return [...unset.map(name => `set -ge ${name}; or true\n`), ...lines].join('')
}
