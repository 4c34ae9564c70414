import {userKey} from '../cache/keys.ts'
import type {Identity} from '../plugin.ts'
import {parseObject, readDate, readObject} from '../text/json.ts'
import type {Dependencies} from './dependencies.ts'

export interface User {
  readonly subject: string | undefined
  readonly claims: Readonly<Record<string, unknown>> | undefined
}

/** The user who signed in last, and how long that sign-in lasts. */
export interface RememberedUser extends User {
  /** Until when the sign-in works without renewal, if known. */
  readonly until: Date | undefined
  /** Whether it can then be renewed without the user, as far as is known. */
  readonly renewable: boolean
}

/** Comes before a provider's entries are removed: a call that is asking AWS for this user then keeps nothing. */
export async function forgetUser(providerId: string, deps: Pick<Dependencies, 'store' | 'states'>): Promise<void> {
  await noteDeparture(providerId, deps)
  await deps.store.remove(userKey(providerId))
}

/** Counts a departure in the state, which can be read without opening an entry: some caches ask the user for that. */
export async function noteDeparture(providerId: string, {states}: Pick<Dependencies, 'states'>): Promise<void> {
  await states.change(providerId, state => ({...state, departures: state.departures + 1}))
}

export async function rememberUser(
  providerId: string,
  user: RememberedUser,
  {store, clock}: Pick<Dependencies, 'store' | 'clock'>,
): Promise<void> {
  const kept = new Date(clock.now().getTime() + 365 * 86_400_000)
  await store.write(userKey(providerId), JSON.stringify(user), kept)
}

/** Identifies a user. `iss` and `sub` are permanent (OpenID Connect Core 1.0, 5.7); a name may change hands. */
export function idOf({subject, claims}: Pick<Identity, 'subject' | 'claims'> | User): string {
  return JSON.stringify(claims?.sub === undefined ? [subject] : [claims.iss, claims.sub])
}

/** The user who signed in last, read without a sign-in. */
export async function rememberedUser(
  providerId: string,
  {store}: Pick<Dependencies, 'store'>,
): Promise<RememberedUser | undefined> {
  const entry = await store.read(userKey(providerId))
  return entry && parseUser(entry.value)
}

/** Whether a user is remembered, told without opening the entry. */
export async function remembersUser(
  providerId: string,
  {store, clock}: Pick<Dependencies, 'store' | 'clock'>,
): Promise<boolean> {
  const end = await store.endOf(userKey(providerId))
  return end !== undefined && end > clock.now()
}

function parseUser(text: string): RememberedUser {
  const {subject, claims, until, renewable} = parseObject(text)
  return {
    until: readDate(until),
    renewable: renewable === true,
    subject: typeof subject === 'string' ? subject : undefined,
    claims: claims === undefined ? undefined : readObject(claims),
  }
}
