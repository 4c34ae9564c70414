import type {Dependencies, SignInDependencies} from '../credentials/dependencies.ts'
import {plansFor} from '../credentials/plan.ts'
import {nameOf} from '../credentials/role-choice.ts'
import {chooseProvider, type Target} from '../credentials/target.ts'
import type {Omission, Role} from '../plugin.ts'
import {type Printable, shownName} from '../text/printable.ts'
import {roleArgument, rolesOfferedAt} from './offered-roles.ts'

export interface RolesRequest extends Pick<Target, 'provider' | 'usualProfile'> {
  /** Words that must all occur in the role's ARN or name, its account or its SAML provider, in any case. */
  readonly search: readonly string[]
  /** Whether to ask the provider even if a list was kept. */
  readonly refresh: boolean
}

export interface RolesOffered {
  readonly provider: string
  readonly subject: Printable | undefined
  /** How many are offered, whether they match or not. */
  readonly offered: number
  /** Whether the provider has listed all of them. */
  readonly complete: boolean
  /** What could not be listed, such as an account. */
  readonly omitted: readonly Omission[]
  readonly roles: readonly ListedRole[]
}

export interface ListedRole {
  /** As `--role` takes it. */
  readonly role: string
  readonly name: string
  readonly accountId: string
  readonly accountName?: string
  readonly accountEmail?: string
  /** The profiles of our configuration that use this role. */
  readonly profiles: readonly string[]
}

/** The roles that a provider offers the user who signs in there, by account and name. */
export async function listRoles(
  {search, refresh, ...target}: RolesRequest,
  deps: SignInDependencies,
): Promise<{readonly offered: RolesOffered; readonly failure: unknown}> {
  const chosen = await chooseProvider(target, 'roles', deps)
  const [plan] = plansFor(chosen, deps)
  if (!plan) throw new Error('a profile has at least one provider')
  const provider = plan.provider.name
  const {subject, list} = await rolesOfferedAt(provider, {refresh}, deps)
  const {roles, omitted, failure} = list
  const found = roles.filter(matching(search)).toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
  const profilesFor = profilesByRole(provider, deps)
  const offered = {
    provider,
    subject: shownName(subject),
    offered: roles.length,
    complete: failure === undefined,
    omitted,
    roles: found.map(role => ({
      role: roleArgument(role, roles),
      name: role.name,
      accountId: role.accountId,
      ...(role.accountName !== undefined && {accountName: role.accountName}),
      ...(role.accountEmail !== undefined && {accountEmail: role.accountEmail}),
      profiles: profilesFor(role),
    })),
  }
  return {offered, failure}
}

function matching(search: readonly string[]): (role: Role) => boolean {
  const words = search.map(word => word.toLowerCase())
  return role => {
    const {accountId, accountName = '', accountEmail = '', principalArn = ''} = role
    const text = [nameOf(role), accountId, accountName, accountEmail, principalArn].join('\n').toLowerCase()
    return words.every(word => text.includes(word))
  }
}

/** Accounts with a name come first. */
function placeOf({accountName, accountId, name, principalArn}: Role): string {
  return [accountName === undefined ? '1' : `0 ${accountName}`, accountId, name, principalArn].join('\n')
}

/** Finds profiles by the role that they take from the provider. It does not offer roles that are switched to. */
function profilesByRole(
  provider: string,
  deps: Pick<Dependencies, 'configuration' | 'registry' | 'env'>,
): (role: Role) => readonly string[] {
  const taken = Object.keys(deps.configuration.profiles).flatMap(profile => {
    const plan = plansFor({profile}, deps).find(plan => plan.provider.name === provider)
    const role = plan?.steps.length === 1 ? plan.steps[0].role : undefined
    return role ? [{profile, role}] : []
  })
  return offered =>
    taken
      .filter(({role}) => isSame(role, offered) && isSamePrincipal(role.principalArn, offered.principalArn))
      .map(({profile}) => profile)
}

/** What a provider offers without an ARN, such as a permission set, is known by its account and name alone. */
function isSame(taken: Role, {arn, accountId, name}: Role): boolean {
  return arn === undefined ? taken.accountId === accountId && taken.name === name : taken.arn === arn
}

/** A profile that names no SAML provider takes any. */
function isSamePrincipal(wanted: string | undefined, offered: string | undefined): boolean {
  return wanted === undefined || wanted === offered
}
