import {type Assignments, demandFit, plainOnly} from './variables.ts'

/**
 * For `for /f "delims=" %i in ('aws-oidc creds --format windows-cmd') do @call %i`, and for a batch file. They treat
 * `%`, `^`, `!`, `/?` and quotes differently, and characters outside ASCII depend on the code page: no spelling is
 * right in both. So only plain values are written, which is all that AWS issues.
 */
export function windowsCmdLines({set, unset}: Assignments): string {
  demandFit(set, plainOnly, 'windows-cmd')
  return [...unset.map(name => [name, '']), ...set].map(([name, value]) => `set "${name}=${value}"\r\n`).join('')
}
