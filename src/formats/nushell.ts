import {type Assignments, demandFit, printableOnly} from './variables.ts'

/**
 * For `aws-oidc creds --format nushell | from json | load-env`. Nushell parses a script before it runs any of it, so
 * there is no evaluating of lines: it takes data. A variable that is null is not handed to programs.
 */
export function nushellRecord({set, unset}: Assignments): string {
  demandFit(set, printableOnly, 'nushell')
  return `${JSON.stringify(Object.fromEntries([...set, ...unset.map(name => [name, null])]))}\n`
}
