import {demandFit, printableOnly, staleVariable, type Variables} from './variables.ts'

/**
 * For `aws-oidc creds --format nushell | from json | load-env`. Nushell parses a script before it runs any of it, so
 * there is no evaluating of lines: it takes data. A variable that is null is not handed to programs.
 */
export function nushellRecord(variables: Variables): string {
  demandFit(variables, printableOnly, 'nushell')
  return `${JSON.stringify({...Object.fromEntries(variables), [staleVariable]: null})}\n`
}
