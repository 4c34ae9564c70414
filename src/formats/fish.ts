import {demandFit, printableOnly, staleVariable, type Variables} from './variables.ts'

/**
 * For `aws-oidc creds --format fish | source`. Between single quotes fish takes `\\` and `\'` and nothing else:
 * https://fishshell.com/docs/current/language.html#quotes
 */
export function fishLines(variables: Variables): string {
  demandFit(variables, printableOnly, 'fish')
  const lines = variables.map(([name, value]) => `set -gx ${name} '${value.replace(/['\\]/g, '\\$&')}'\n`)
  // It fails where there is none, and `set -gx` leaves the status of what came before, so that `source` would have failed.
  // Universal variables are the person's own.
  return [`set -ge ${staleVariable}; or true\n`, ...lines].join('')
}
