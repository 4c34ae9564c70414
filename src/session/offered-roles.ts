import type {SignInDependencies} from '../credentials/dependencies.ts'
import {planAt} from '../credentials/plan.ts'
import {nameOf} from '../credentials/role-choice.ts'
import {type RoleList, roleListOf} from '../credentials/role-list.ts'
import {whileSignedIn} from '../credentials/signed-in.ts'
import {AwsOidcError} from '../errors.ts'
import type {Role} from '../plugin.ts'

export interface OfferedRoles {
  /** The user who signed in, as far as the provider says. */
  readonly subject: string | undefined
  readonly list: RoleList
}

/**
 * The roles that a provider offers the user who signs in. With `refresh` it is asked even if its strategy has kept a
 * list. Rejects with CONFIG_INVALID if it does not say.
 */
export async function rolesOfferedAt(
  provider: string,
  how: {readonly refresh: boolean},
  deps: SignInDependencies,
): Promise<OfferedRoles> {
  const plan = planAt(provider, deps)
  const {subject, assigned, list} = await whileSignedIn(plan, deps, async identity => ({
    subject: identity.subject,
    assigned: identity.assigned !== undefined,
    list: await roleListOf(identity, how, deps),
  }))
  if (list) return {subject, list}
  if (assigned) {
    throw new AwsOidcError('CONFIG_INVALID', `"${provider}" offers no choice of roles: it gives you one.`, {
      hint: `aws-oidc creds --provider ${provider}`,
    })
  }
  const {settings} = await deps.registry.strategy(plan.provider.strategy)
  throw new AwsOidcError('CONFIG_INVALID', `"${provider}" does not say which roles it offers.`, {
    hint: Object.hasOwn(settings, 'rolesClaim')
      ? 'Set "rolesClaim" of the provider to the claim that lists role ARNs.'
      : 'Set "role" of the profile, or "defaultRole" of the provider.',
  })
}

/** A role as `--role` takes it: with the SAML provider if the same role is offered through several. */
export function roleArgument(role: Role, all: readonly Role[]): string {
  const name = nameOf(role)
  const twice = all.some(other => nameOf(other) === name && other.principalArn !== role.principalArn)
  return twice && role.principalArn !== undefined ? `${name},${role.principalArn}` : name
}
