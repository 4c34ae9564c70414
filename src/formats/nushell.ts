import {type Assignments, demandFit, printableOnly} from './variables.ts'

/**
 * For `aws-oidc creds --format nushell | from json | load-env`. Nushell parses a whole script before it runs it, so it
 * can't evaluate lines, but reads data. A variable that is null is not passed to programs.
 */
export function nushellRecord({set, unset}: Assignments): string {
  demandFit(set, printableOnly, 'nushell')
  return `${JSON.stringify(Object.fromEntries([...set, ...unset.map(name => [name, null])]))}\n`
}
