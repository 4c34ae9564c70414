import {accountId as sandboxAccount} from '../account.ts'

/** The AWS accounts, permission sets and assignments at the start: plain data, to be changed here. */

export interface AwsAccount {
  readonly accountId: string
  readonly accountName: string
  readonly emailAddress: string
}

export interface PermissionSet {
  readonly name: string
  /** How long the credentials of a role live. */
  readonly sessionSeconds: number
}

const hour = 3600

export const permissionSets: readonly PermissionSet[] = [
  {name: 'AdministratorAccess', sessionSeconds: hour},
  {name: 'ReadOnlyAccess', sessionSeconds: 12 * hour},
  {name: 'PowerUserAccess', sessionSeconds: 4 * hour},
  {name: 'Billing', sessionSeconds: hour},
  {name: 'DatabaseAdministrator', sessionSeconds: hour},
  {name: 'NetworkAdministrator', sessionSeconds: hour},
  {name: 'SecurityAudit', sessionSeconds: hour},
  {name: 'SupportUser', sessionSeconds: hour},
]

const sandbox = newAccount(sandboxAccount, 'Sandbox')
const production = newAccount('200000000001', 'Sandbox Production')

/** Names that a template for profiles stumbles over; the last two accounts have the same one. */
const oddNames: ReadonlyMap<number, string> = new Map([
  [11, 'Data / Analytics (EU)'],
  [12, 'Zürich Büro'],
  [499, 'Legacy'],
  [500, 'Legacy'],
])

const organization: readonly AwsAccount[] = Array.from({length: 500}, (_, index) => {
  const number = index + 1
  const stage = ['dev', 'test', 'staging', 'prod'][index % 4]
  const usual = `team-${String(Math.floor(index / 4) + 1).padStart(3, '0')}-${stage}`
  return newAccount(`3${String(number).padStart(11, '0')}`, oddNames.get(number) ?? usual)
})

/** The portal lists accounts in no order that a person would see (https://github.com/Noovolari/leapp/issues/57). */
const unsorted = organization.map((_, index) => organization[(index * 7) % organization.length] ?? sandbox)

export interface Assignment {
  readonly user: string
  readonly account: AwsAccount
  readonly permissionSet: PermissionSet
}

/** 3 for alice, 40 for bob, 4,000 for carol, none for the others. */
export const initialAssignments: readonly Assignment[] = [
  ...assign('alice', [sandbox], permissionSets.slice(0, 2)),
  ...assign('alice', [production], permissionSets.slice(1, 2)),
  ...assign('bob', organization.slice(0, 10), permissionSets.slice(0, 4)),
  ...assign('carol', unsorted, permissionSets),
]

function assign(user: string, accounts: readonly AwsAccount[], sets: readonly PermissionSet[]): Assignment[] {
  return accounts.flatMap(account => sets.map(permissionSet => ({user, account, permissionSet})))
}

export function newAccount(accountId: string, accountName: string): AwsAccount {
  return {accountId, accountName, emailAddress: `aws+${accountId}@example.com`}
}
