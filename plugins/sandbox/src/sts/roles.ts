import {createHash} from 'node:crypto'
import {accountId, type Role} from '../account.ts'
import {isoSeconds} from '../clock.ts'
import type {SandboxState} from '../state.ts'
import {validationError} from './errors.ts'
import type {RoleSession} from './issued-credentials.ts'
import type {XmlMembers} from './xml.ts'

/** The role of this account that an ARN names, or `undefined`. Throws if the text is not the ARN of a role. */
export function findRole(arn: string, roles: ReadonlyMap<string, Role>): Role | undefined {
  const match = /^arn:aws[\w-]*:iam::(?<account>\d{12}):role\/(?<name>[\w+=,.@/-]+)$/.exec(arn)
  if (!match?.groups) throw validationError('Request ARN is invalid')
  const {account, name} = match.groups
  return account === accountId && name !== undefined && arn.startsWith('arn:aws:') ? roles.get(name) : undefined
}

/** Issues credentials and returns them as members of AWS's answer. Throws for a duration beyond the role's maximum. */
export function issueSession(
  role: Role,
  sessionName: string,
  durationSeconds: number,
  state: SandboxState,
  chained = false,
): XmlMembers {
  checkMaximum(role, durationSeconds)
  const lifetimeSeconds = state.lifetimes.roleSessionSeconds ?? durationSeconds
  const expiresAt = new Date(state.clock.now().getTime() + lifetimeSeconds * 1000)
  const assumedRoleId = `${roleId(role.name)}:${sessionName}`
  const issued = state.credentials.issue(
    {account: accountId, roleName: role.name, sessionName, assumedRoleId, chained},
    expiresAt,
  )
  return {
    Credentials: {
      AccessKeyId: issued.accessKeyId,
      SecretAccessKey: issued.secretAccessKey,
      SessionToken: issued.sessionToken,
      Expiration: isoSeconds(expiresAt),
    },
    AssumedRoleUser: {AssumedRoleId: assumedRoleId, Arn: sessionArn(issued)},
  }
}

export function checkMaximum({maxSessionDurationSeconds}: Role, durationSeconds: number): void {
  if (durationSeconds <= maxSessionDurationSeconds) return
  throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
}

export function sessionArn({account, roleName, sessionName}: RoleSession): string {
  const lastPart = roleName.replace(/^.*\//, '')
  return `arn:aws:sts::${account}:assumed-role/${lastPart}/${sessionName}`
}

/** The role's unique ID, derived from its name. */
export function roleId(name: string): string {
  return `AROA${createHash('sha256').update(name).digest('hex').slice(0, 17).toUpperCase()}`
}
