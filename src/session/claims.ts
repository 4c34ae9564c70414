import type {SignInDependencies} from '../credentials/dependencies.ts'
import {firstApplicable, type ProfileRequest, plansFor} from '../credentials/plan.ts'
import {whileSignedIn} from '../credentials/signed-in.ts'
import {AwsOidcError} from '../errors.ts'
import {readObject} from '../text/json.ts'

/** An ID token's claims about the user, as they are shown. */
export interface ShownClaims {
  readonly provider: string
  /** The claims that matter at AWS: what trust policies compare, how the user signed in, and the roles claim. */
  readonly claims: Readonly<Record<string, unknown>>
  /** The names of all other claims, whose values stay private. */
  readonly others: readonly string[]
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
const compared = ['iss', 'aud', 'azp', 'sub', 'amr']

/** The claims of a request's sign-in, which is made anew if necessary. AWS is not asked: it may refuse the role. */
export function claimsFor(request: ProfileRequest, deps: SignInDependencies): Promise<ShownClaims> {
  return firstApplicable(plansFor(request, deps), async plan => {
    const {name, own} = plan.provider
    const claims = await whileSignedIn(plan, deps, async identity => identity.claims)
    if (!claims) {
      throw new AwsOidcError('USAGE', `The sign-in to "${name}" provides no claims.`, {hint: 'aws-oidc whoami'})
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

/** Finds a claim by its whole name, or by its dots as a path into objects, as strategies do: the longest name wins. */
function within(value: unknown, path: readonly string[]): unknown {
  if (path.length === 0) return value
  const members = readObject(value)
  for (let length = path.length; length > 0; length--) {
    const found = within(members[path.slice(0, length).join('.')], path.slice(length))
    if (found !== undefined) return found
  }
  return undefined
}
