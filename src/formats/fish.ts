import {type Assignments, demandFit, printableOnly} from './variables.ts'

/**
 * For `aws-oidc creds --format fish | source`. In single quotes, fish only interprets `\\` and `\'`:
 * https://fishshell.com/docs/current/language.html#quotes
 */
export function fishLines({set, unset}: Assignments): string {
  demandFit(set, printableOnly, 'fish')
  const lines = set.map(([name, value]) => `set -gx ${name} '${value.replace(/['\\]/g, '\\$&')}'\n`)
  // `set -ge` fails for an unset variable, and `set -gx` keeps that status, so `source` would fail. Universal variables
  // (no -g) are the user's own.
  return [...unset.map(name => `set -ge ${name}; or true\n`), ...lines].join('')
}
