import type {Configuration} from '../config/schema.ts'
import type {Role} from '../plugin.ts'

/** The roles with account names from the configuration, or from the strategy where the configuration has none. */
export function withAccountNames(roles: readonly Role[], {accounts}: Configuration): readonly Role[] {
  return roles.map(role => {
    const accountName = accounts.get(role.accountId)
    return accountName === undefined ? role : {...role, accountName}
  })
}
