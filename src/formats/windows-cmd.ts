import {demandFit, staleVariable, type Variables} from './variables.ts'

/**
 * For `for /f "delims=" %i in ('aws-oidc creds --format windows-cmd') do @%i`, and for a batch file.
 *
 * The two read some characters differently: a batch file and `call` expand %, `call` doubles ^, delayed expansion
 * takes ! and ^ away, a quote ends what protects & and |, and other than ASCII depends on the code page. No spelling is
 * right in both, so such a value is refused; AWS's own have none of them.
 */
export function windowsCmdLines(variables: Variables): string {
  demandFit(variables, /^[\x20-\x7e]*$/, 'windows-cmd')
  demandFit(variables, /^[^"%!^]*$/, 'windows-cmd')
  return [[staleVariable, ''], ...variables].map(([name, value]) => `set "${name}=${value}"\r\n`).join('')
}
