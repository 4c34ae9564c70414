import {type Assignments, demandFit, plainOnly} from './variables.ts'

/**
 * For `for /f "delims=" %i in ('aws-oidc creds --format windows-cmd') do @call %i`, and for a batch file.
 *
 * The ways differ in what they make of `%`, `^`, `!`, `/?` and quotes, and letters outside ASCII depend on the code
 * page: no spelling is right in all of them. So only plain values are written, as AWS's are.
 */
export function windowsCmdLines({set, unset}: Assignments): string {
  demandFit(set, plainOnly, 'windows-cmd')
  return [...unset.map(name => [name, '']), ...set].map(([name, value]) => `set "${name}=${value}"\r\n`).join('')
}
