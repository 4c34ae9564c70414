import {
  type Assignment,
  type AwsAccount,
  initialAssignments,
  newAccount,
  type PermissionSet,
  permissionSets,
} from './accounts.ts'
import {ServiceError} from './errors.ts'

interface Assigned {
  readonly permissionSet: PermissionSet
  /** Still listed, but without access, as after an assignment that was removed a moment ago. */
  readonly stale: boolean
}

interface AssignedAccount {
  readonly account: AwsAccount
  readonly roles: Map<string, Assigned>
}

/** What names one assignment. */
export interface AssignmentName {
  readonly user: string
  readonly accountId: string
  readonly roleName: string
}

/** Who may use which permission sets in which accounts. */
export class Directory {
  readonly #byUser = new Map<string, Map<string, AssignedAccount>>()
  /** Accounts about which the portal answers with this exception. */
  readonly refusals = new Map<string, ServiceError>()

  constructor() {
    this.reset()
  }

  /** Everything as at the start. */
  reset(): void {
    this.#byUser.clear()
    this.refusals.clear()
    for (const assignment of initialAssignments) this.#add(assignment, false)
  }

  accountsOf(user: string): readonly AwsAccount[] {
    return [...(this.#byUser.get(user)?.values() ?? [])].map(({account}) => account)
  }

  /** Throws where nothing in the account is assigned to the user. */
  rolesOf(user: string, accountId: string): readonly string[] {
    this.#refuse(accountId)
    const assigned = this.#byUser.get(user)?.get(accountId)
    if (!assigned) throw noAccess()
    return [...assigned.roles.keys()]
  }

  /** Throws where the permission set is not assigned to the user, whether or not it or the account exists. */
  access({user, accountId, roleName}: AssignmentName): PermissionSet {
    this.#refuse(accountId)
    const assigned = this.#byUser.get(user)?.get(accountId)?.roles.get(roleName)
    if (!assigned || assigned.stale) throw noAccess()
    return assigned.permissionSet
  }

  /** Assigns a permission set, known or new, in an account, known or new. */
  put({user, accountId, roleName}: AssignmentName, stale: boolean): void {
    const known = [...this.#byUser.values()].map(accounts => accounts.get(accountId)?.account)
    const account = known.find(candidate => candidate !== undefined) ?? newAccount(accountId, `Account ${accountId}`)
    const permissionSet = permissionSets.find(({name}) => name === roleName) ?? {name: roleName, sessionSeconds: 3600}
    this.#add({user, account, permissionSet}, stale)
  }

  /** Returns whether there was such an assignment. An account without any is no longer listed. */
  remove({user, accountId, roleName}: AssignmentName): boolean {
    const accounts = this.#byUser.get(user)
    const roles = accounts?.get(accountId)?.roles
    const removed = roles?.delete(roleName) ?? false
    if (roles?.size === 0) accounts?.delete(accountId)
    return removed
  }

  #add({user, account, permissionSet}: Assignment, stale: boolean): void {
    const accounts = this.#byUser.get(user) ?? new Map<string, AssignedAccount>()
    this.#byUser.set(user, accounts)
    const assigned = accounts.get(account.accountId) ?? {account, roles: new Map<string, Assigned>()}
    accounts.set(account.accountId, assigned)
    assigned.roles.set(permissionSet.name, {permissionSet, stale})
  }

  #refuse(accountId: string): void {
    const refusal = this.refusals.get(accountId)
    if (refusal) throw refusal
  }
}

/** In no model, but what the portal answers: https://github.com/aws/aws-sam-cli/issues/2129. */
export function noAccess(): ServiceError {
  return new ServiceError('ForbiddenException', 'No access')
}
