import type {Home} from './home.ts'
import type {Sandbox} from './sandbox.ts'

/** What stands on the terminal of a test, and what people have there instead: their addresses and paths. */
export function asPeopleHaveIt(
  {folder}: Home,
  {issuer}: Sandbox,
): readonly (readonly [sought: RegExp, instead: string])[] {
  return [
    [literally(issuer), 'https://sso.example.com'],
    [/(\/auth\?)\S+/g, '$1...'],
    // What AWS tools start is written out.
    [literally(`credential_process = ${folder}`), 'credential_process = /home/me'],
    [literally(folder), '~'],
  ]
}

/** Said because the STS of a test is not one of AWS. */
export const saidInTestsOnly = /^Asking the STS at/

function literally(text: string): RegExp {
  return RegExp(text.replace(/\W/g, '\\$&'), 'g')
}
