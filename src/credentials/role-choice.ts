import {AwsOidcError} from '../errors.ts'
import {accountText} from '../formats/account.ts'
import type {Identity, Role} from '../plugin.ts'
import type {Dependencies} from './dependencies.ts'
import type {Plan} from './plan.ts'
import {allRolesOf} from './role-list.ts'

export type ChoiceDependencies = Pick<Dependencies, 'states' | 'asking' | 'ask' | 'signal' | 'progress' | 'log'>

/**
 * The role to assume: the one requested; else the only one offered; else the user's choice, in `login`. Rejects with
 * ROLE_REQUIRED where nobody can choose, and with ROLE_NOT_OFFERED where no role is offered.
 */
export async function chooseRole(
  identity: Identity,
  said: Role | undefined,
  plan: Plan,
  deps: ChoiceDependencies,
): Promise<Role> {
  if (said) return said
  const roles = await allRolesOf(identity, deps)
  const {provider} = plan
  if (!roles) {
    throw new AwsOidcError(
      'ROLE_REQUIRED',
      `No role is set, and "${provider.name}" does not say which ones there are.`,
      {
        hint: 'Set "role" of the profile, or "defaultRole" of the provider.',
      },
    )
  }
  const [only, ...others] = roles
  if (!only) {
    const who = identity.subject ?? 'this identity'
    throw new AwsOidcError('ROLE_NOT_OFFERED', `"${provider.name}" offers no AWS role to ${who}.`, {
      hint: 'Ask whoever runs the provider for a role.',
    })
  }
  if (others.length === 0) return only
  if (deps.asking.mayRead && deps.asking.interactive) return ask(roles, plan, deps)
  throw new AwsOidcError('ROLE_REQUIRED', `"${provider.name}" offers ${roles.length} roles: ${listed(roles)}.`, {
    hint: plan.loginCommand,
  })
}

async function ask(
  roles: readonly Role[],
  {providerId}: Plan,
  {ask, states}: Pick<Dependencies, 'states' | 'ask'>,
): Promise<Role> {
  const {lastRole} = await states.read(providerId)
  const sorted = roles.toSorted((a, b) => Number(nameOf(b) === lastRole) - Number(nameOf(a) === lastRole))
  const chosen = await ask.select(
    'Which role?',
    sorted.map(role => ({label: labelOf(role, roles), value: role})),
  )
  await states.change(providerId, state => ({...state, lastRole: nameOf(chosen)}))
  return chosen
}

export function nameOf(role: Role): string {
  return role.arn ?? `${role.accountId}/${role.name}`
}

/** A role's label in a list of choices. */
export function labelOf(role: Role, all: readonly Role[]): string {
  const label = `${role.name} in ${accountText(role.accountId, role.accountName)}`
  const twice = all.some(other => other !== role && nameOf(other) === nameOf(role))
  return twice && role.principalArn !== undefined ? `${label} through ${role.principalArn}` : label
}

function listed(roles: readonly Role[]): string {
  const few = roles.slice(0, 5).map(nameOf).join(', ')
  return roles.length > 5 ? `${few} and ${roles.length - 5} more` : few
}
