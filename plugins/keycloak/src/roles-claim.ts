import type {Role} from 'aws-oidc/plugin'

// Deliberately loose: the host checks roles, and can name an invalid one only if we pass it on.
const roleArn = /^arn:[^:]*:iam::([^:]*):role\/(?:.*\/)?([^/]*)$/s

/** The role ARNs in a claim of that exact name, or else by path, such as `resource_access.CLIENT.roles`. */
export function rolesAt(claim: string, claims: Readonly<Record<string, unknown>>): readonly Role[] {
  const value = within(claims, claim.split('.'))
  const roles: Role[] = []
  for (const arn of [value].flat()) {
    const [, accountId, name] = roleArn.exec(typeof arn === 'string' ? arn : '') ?? []
    if (accountId !== undefined && name !== undefined) roles.push({accountId, name, arn: String(arn)})
  }
  return roles
}

/** Follows a path, preferring the longest matching name, because a client ID may contain dots. */
function within(value: unknown, path: readonly string[]): unknown {
  if (path.length === 0) return value
  if (value === null || typeof value !== 'object') return undefined
  const members: ReadonlyMap<string, unknown> = new Map(Object.entries(value))
  for (let length = path.length; length > 0; length--) {
    const name = path.slice(0, length).join('.')
    const found = members.has(name) ? within(members.get(name), path.slice(length)) : undefined
    if (found !== undefined) return found
  }
  return undefined
}
