import type {Home} from './home.ts'
import type {Sandbox} from './sandbox.ts'

/** Replaces addresses and paths of a test by those that users would see on their terminal. */
export function asPeopleHaveIt(
  {folder}: Home,
  {issuer}: Sandbox,
): readonly (readonly [sought: RegExp, instead: string])[] {
  return [
    [literally(issuer), 'https://sso.example.com'],
    [/(\/auth\?)\S+/g, '$1...'],
    // AWS tools start absolute paths, so this one has no `~`.
    [literally(`credential_process = ${folder}`), 'credential_process = /home/me'],
    [literally(folder), '~'],
  ]
}

/** Printed only because the STS of a test is not that of AWS. */
export const saidInTestsOnly = /^Asking the STS at/

function literally(text: string): RegExp {
  return RegExp(text.replace(/\W/g, '\\$&'), 'g')
}
