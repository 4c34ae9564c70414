import type {Identity, Omission, Role, RolePart} from '../plugin.ts'
import type {Dependencies} from './dependencies.ts'

/** What a provider offers, as far as it could be listed. */
export interface RoleList {
  readonly roles: readonly Role[]
  readonly omitted: readonly Omission[]
  /** Why there is no more, if the listing failed after some of the roles. */
  readonly failure?: unknown
}

/** The roles that an identity offers; `undefined` if only AWS knows. Rejects if not all could be listed. */
export async function allRolesOf(
  identity: Identity,
  deps: Pick<Dependencies, 'signal' | 'progress' | 'log'>,
): Promise<readonly Role[] | undefined> {
  const list = await roleListOf(identity, {refresh: false}, deps)
  if (list?.failure !== undefined) throw list.failure
  for (const {what, why} of list?.omitted ?? []) deps.log.warn(`The roles in ${what} could not be listed: ${why}.`)
  return list?.roles
}

/** The same, as far as they could be listed: rejects only if nothing is known before the failure. */
export async function roleListOf(
  {roles, rolesInParts}: Identity,
  {refresh}: {readonly refresh: boolean},
  {signal, progress}: Pick<Dependencies, 'signal' | 'progress'>,
): Promise<RoleList | undefined> {
  if (!rolesInParts) {
    const all = await roles?.()
    return all && {roles: all, omitted: []}
  }
  const list: {readonly roles: Role[]; readonly omitted: Omission[]} = {roles: [], omitted: []}
  try {
    for await (const part of rolesInParts({refresh, signal})) {
      list.roles.push(...part.roles)
      list.omitted.push(...(part.omitted ?? []))
      progress(part.progress && lineOf(part.progress))
    }
    return list
  } catch (failure) {
    if (signal.aborted || (list.roles.length === 0 && list.omitted.length === 0)) throw failure
    return {...list, failure}
  } finally {
    progress(undefined)
  }
}

function lineOf({done, total, unit}: NonNullable<RolePart['progress']>): string {
  return `Listing roles: ${total === undefined ? done : `${done} of ${total}`} ${unit}.`
}
