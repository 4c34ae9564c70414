import type {SignInDependencies} from '../credentials/dependencies.ts'
import {firstApplicable, type ProfileRequest, plansFor} from '../credentials/plan.ts'
import {whileSignedIn} from '../credentials/signed-in.ts'
import {AwsOidcError} from '../errors.ts'
import {readObject} from '../text/json.ts'

/** What an ID token says of the person who signed in. It is shown and kept nowhere. */
export interface ShownClaims {
  readonly provider: string
  /** Those that decide at AWS: what trust policies compare, how the person signed in, and the roles claim. */
  readonly claims: Readonly<Record<string, unknown>>
  /** The names of all others, whose values are nobody's business. */
  readonly others: readonly string[]
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
const compared = ['iss', 'aud', 'azp', 'sub', 'amr']

/** The claims of the sign-in that a request leads to, made anew where it has to be. AWS is not asked: it may refuse the role. */
export function claimsFor(request: ProfileRequest, parts: SignInDependencies): Promise<ShownClaims> {
  return firstApplicable(plansFor(request, parts), async plan => {
    const {name, own} = plan.provider
    const claims = await whileSignedIn(plan, parts, async identity => identity.claims)
    if (!claims) {
      throw new AwsOidcError('USAGE', `The sign-in at "${name}" gives no claims.`, {hint: 'aws-oidc whoami'})
    }
    const {rolesClaim} = own
    const wanted = typeof rolesClaim === 'string' ? [...compared, rolesClaim] : compared
    const shown = wanted.map(claim => [claim, within(claims, claim.split('.'))] as const)
    return {
      provider: name,
      claims: Object.fromEntries(shown.filter(([, value]) => value !== undefined)),
      others: Object.keys(claims).filter(claim => !wanted.includes(claim)),
    }
  })
}

/** By its name, or by its dots, as strategies read it that lead into objects: the longest name that fits comes first. */
function within(value: unknown, path: readonly string[]): unknown {
  if (path.length === 0) return value
  const members = readObject(value)
  for (let length = path.length; length > 0; length--) {
    const found = within(members[path.slice(0, length).join('.')], path.slice(length))
    if (found !== undefined) return found
  }
  return undefined
}
