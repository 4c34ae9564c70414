import type {Configuration} from '../config/schema.ts'
import type {Role} from '../plugin.ts'

/** The roles with their accounts called as the configuration calls them; where it says nothing, as the strategy does. */
export function withAccountNames(roles: readonly Role[], {accounts}: Configuration): readonly Role[] {
  return roles.map(role => {
    const accountName = accounts.get(role.accountId)
    return accountName === undefined ? role : {...role, accountName}
  })
}
