import {isRole} from '../aws/role.ts'
import type {Configuration} from '../config/schema.ts'
import type {Identity, Log, Role, WantedRole} from '../plugin.ts'
import {printable} from '../text/printable.ts'
import {nameOf} from './role-choice.ts'

const mostNamed = 5

/**
 * The identity, which offers only roles that are valid at AWS, each once, with the names that the configuration has for
 * their accounts. The other roles could never be assumed, but would be written to files and command lines; they are left
 * out one by one, and named the first time.
 */
export function withFitRoles(
  identity: Identity,
  provider: string,
  {log, configuration}: {readonly log: Log; readonly configuration: Configuration},
): Identity {
  const {roles, rolesInParts, findRole} = identity
  const fitting = fittingAt(provider, log)
  const offered = (given: readonly Role[]) => withAccountNames(fitting(given), configuration)
  return {
    ...identity,
    ...(roles && {roles: async () => offered(await roles.call(identity))}),
    ...(rolesInParts && {
      async *rolesInParts(listing) {
        for await (const part of rolesInParts.call(identity, listing)) yield {...part, roles: offered(part.roles)}
      },
    }),
    ...(findRole && {
      async findRole(wanted) {
        const role = await findRole.call(identity, wanted)
        if (role) demandWanted(role, wanted)
        return role && offered([role])[0]
      },
    }),
  }
}

function fittingAt(provider: string, log: Log): (roles: readonly Role[]) => readonly Role[] {
  let wasShown = false
  return roles => {
    const unfit = roles.filter(role => !isRole(role))
    if (!wasShown) {
      for (const role of unfit.slice(0, mostNamed)) {
        log.warn(`"${provider}" offers "${printable(nameOf(role), 150)}", which is not an AWS role. It is left out.`)
      }
      const more = unfit.length - mostNamed
      if (more > 0) log.warn(`"${provider}" offers ${more} more that are not AWS roles. They are left out, too.`)
    }
    wasShown = true
    const fit = roles.filter(isRole).map(role => [`${nameOf(role)},${role.principalArn}`, role] as const)
    return [...new Map(fit).values()]
  }
}

/** The roles with account names from the configuration, or from the strategy where the configuration has none. */
function withAccountNames(roles: readonly Role[], {accounts}: Configuration): readonly Role[] {
  return roles.map(role => {
    const accountName = accounts.get(role.accountId)
    return accountName === undefined ? role : {...role, accountName}
  })
}

/** The user must not get another role than the one they asked for. */
function demandWanted(role: Role, {account, name}: WantedRole): void {
  const names = [role.accountId, role.accountName, role.accountEmail].map(text => text?.toLowerCase())
  if (role.name === name && names.includes(account.toLowerCase())) return
  throw new Error(`findRole() was asked for "${account}/${name}" and resolved to "${role.accountId}/${role.name}"`)
}
