import {createHash} from 'node:crypto'
import type {SandboxState} from '../state.ts'
import {roleId} from '../sts/roles.ts'
import type {PermissionSet} from './accounts.ts'
import type {AssignmentName} from './directory.ts'

/** Credentials of the role that the permission set has in the account, as members of the portal's answer. */
export function issueRoleCredentials(
  {user, accountId, roleName}: AssignmentName,
  {sessionSeconds}: PermissionSet,
  {clock, credentials, lifetimes}: SandboxState,
) {
  const role = reservedRole(accountId, roleName)
  const lifetimeSeconds = lifetimes.roleSessionSeconds ?? sessionSeconds
  const expiresAt = new Date((clock.epochSeconds() + lifetimeSeconds) * 1000)
  const session = {
    account: accountId,
    roleName: role,
    sessionName: user,
    assumedRoleId: `${roleId(`${accountId}/${role}`)}:${user}`,
    chained: false,
  }
  const issued = credentials.issue(session, expiresAt)
  return {
    accessKeyId: issued.accessKeyId,
    expiration: expiresAt.getTime(),
    secretAccessKey: issued.secretAccessKey,
    sessionToken: issued.sessionToken,
  }
}

/** The name of the IAM role, with its path, that a permission set has in an account. */
function reservedRole(accountId: string, permissionSet: string): string {
  const suffix = createHash('sha256').update(`${accountId}/${permissionSet}`).digest('hex').slice(0, 16)
  return `aws-reserved/sso.amazonaws.com/AWSReservedSSO_${permissionSet}_${suffix}`
}
