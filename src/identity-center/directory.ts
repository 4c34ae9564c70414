import type {Host, Omission, Role, RoleListing, RolePart} from '../plugin.ts'
import {explained, refusalIn} from './failures.ts'
import type {Account, Portal} from './portal.ts'
import type {Context} from './registration.ts'

/** An account, and what the user may be there, as far as it is known. */
interface Listed extends Account {
  readonly permissionSets?: readonly string[]
  /** Why those could not be listed. */
  readonly refused?: string
}

/** A list that is kept, whole or in part. */
interface Kept {
  readonly begunAt: Date
  readonly accounts: readonly Listed[]
}

const name = 'accounts'
/** A list that is older is asked for anew. */
const lifeMilliseconds = 24 * 3_600_000
/** A list that was interrupted is continued for so long. */
const restMilliseconds = 3_600_000
const atOnce = 10
/** What an interruption may cost, in accounts. */
const betweenWrites = 50

/** The roles of all accounts: from a list that is kept, from where one was interrupted, or from the portal. */
export async function* rolesOf(
  portal: Portal,
  {refresh, signal}: RoleListing,
  context: Context,
): AsyncIterable<RolePart> {
  const {host} = context
  const kept = refresh ? undefined : readKept(await host.memory.get(name))
  const age = kept ? host.now().getTime() - kept.begunAt.getTime() : Number.POSITIVE_INFINITY
  if (kept && isWhole(kept) && age >= 0 && age < lifeMilliseconds) {
    yield {roles: kept.accounts.flatMap(rolesIn), omitted: kept.accounts.flatMap(omissionsOf)}
    return
  }
  const begun = kept && age >= 0 && age < restMilliseconds ? kept : undefined
  const begunAt = begun?.begunAt ?? host.now()
  const accounts: Listed[] = begun ? [...begun.accounts] : []
  const keep = () => write({begunAt, accounts}, host)
  try {
    if (!begun) for await (const page of portal.accounts()) accounts.push(...page)
    yield {
      roles: accounts.flatMap(rolesIn),
      omitted: accounts.flatMap(omissionsOf),
      progress: progressOf(accounts),
    }
    for await (const done of listed(accounts, portal, signal)) {
      for (const [at, account] of done) accounts[at] = account
      const found = done.map(([, account]) => account)
      yield {roles: found.flatMap(rolesIn), omitted: found.flatMap(omissionsOf), progress: progressOf(accounts)}
      if (accounts.filter(isDone).length % betweenWrites < done.length) await keep()
    }
  } catch (error) {
    throw explained(error, 'list your accounts', context.place, host)
  } finally {
    if (accounts.length > 0) await keep()
  }
}

/** The accounts whose permission sets are not known yet, with these, in groups as they come. */
async function* listed(
  accounts: readonly Listed[],
  portal: Portal,
  signal: AbortSignal,
): AsyncIterable<readonly (readonly [at: number, account: Listed])[]> {
  const waiting = accounts.flatMap((account, at) => (isDone(account) ? [] : [[at, account] as const]))
  const running = new Map<number, Promise<void>>()
  let done: (readonly [at: number, account: Listed])[] = []
  const begin = ([at, account]: (typeof waiting)[number]) => {
    const work = withPermissionSets(account, portal).then(found => {
      running.delete(at)
      done.push([at, found])
    })
    running.set(at, work)
  }
  while (waiting.length > 0 || running.size > 0) {
    signal.throwIfAborted()
    for (const next of waiting.splice(0, atOnce - running.size)) begin(next)
    await Promise.race(running.values())
    const found = done
    done = []
    yield found
  }
}

/** An account that refuses to be looked into, such as one that is suspended, leaves the others. */
async function withPermissionSets(account: Account, portal: Portal): Promise<Listed> {
  try {
    return {...account, permissionSets: await portal.permissionSets(account.id)}
  } catch (error) {
    const refusal = refusalIn(error)
    if (refusal?.status !== 403 && refusal?.status !== 404) throw error
    return {...account, refused: `${refusal.name}: ${refusal.message}`}
  }
}

function isDone({permissionSets, refused}: Listed): boolean {
  return permissionSets !== undefined || refused !== undefined
}

function isWhole({accounts}: Kept): boolean {
  return accounts.every(isDone)
}

function rolesIn(account: Listed): readonly Role[] {
  return (account.permissionSets ?? []).map(permissionSet => roleOf(account, permissionSet))
}

export function roleOf({id, name, email}: Account, permissionSet: string): Role {
  return {
    accountId: id,
    name: permissionSet,
    ...(name !== undefined && {accountName: name}),
    ...(email !== undefined && {accountEmail: email}),
  }
}

function omissionsOf({id, name, refused}: Listed): readonly Omission[] {
  return refused === undefined ? [] : [{what: name === undefined ? id : `${name} (${id})`, why: refused}]
}

function progressOf(accounts: readonly Listed[]) {
  return {done: accounts.filter(isDone).length, total: accounts.length, unit: 'accounts'}
}

async function write(kept: Kept, {memory, now}: Pick<Host, 'memory' | 'now'>): Promise<void> {
  await memory.set(name, JSON.stringify(kept), new Date(now().getTime() + lifeMilliseconds))
}

function readKept(text: string | undefined): Kept | undefined {
  if (text === undefined) return undefined
  const {begunAt, accounts} = JSON.parse(text)
  return {begunAt: new Date(begunAt), accounts}
}
