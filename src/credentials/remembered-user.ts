import {userKey} from '../cache/keys.ts'
import type {Identity} from '../plugin.ts'
import {parseObject, readDate, readObject} from '../text/json.ts'
import type {Dependencies} from './dependencies.ts'

export interface User {
  readonly subject: string | undefined
  readonly claims: Readonly<Record<string, unknown>> | undefined
}

/** Who signed in last, and how long that serves. */
export interface RememberedUser extends User {
  /** Until when the sign-in works as it is, if known. */
  readonly until: Date | undefined
  /** Whether it can be renewed afterwards without the person, as far as is known. */
  readonly renewable: boolean
}

/** Before everything of a provider is removed, so that who asks AWS for this person now sees that nothing may be kept. */
export async function forgetUser(providerId: string, parts: Pick<Dependencies, 'store' | 'states'>): Promise<void> {
  await noteDeparture(providerId, parts)
  await parts.store.remove(userKey(providerId))
}

/** In the state, which can be read without opening what is kept: some caches ask a person for that. */
export async function noteDeparture(providerId: string, {states}: Pick<Dependencies, 'states'>): Promise<void> {
  await states.change(providerId, state => ({...state, departures: state.departures + 1}))
}

export async function rememberUser(
  providerId: string,
  person: RememberedUser,
  {store, clock}: Pick<Dependencies, 'store' | 'clock'>,
): Promise<void> {
  const kept = new Date(clock.now().getTime() + 365 * 86_400_000)
  await store.write(userKey(providerId), JSON.stringify(person), kept)
}

/** `iss` and `sub` tell people apart for good (OpenID Connect Core 1.0, 5.7); a name or an address may change hands. */
export function idOf({subject, claims}: Pick<Identity, 'subject' | 'claims'> | User): string {
  return JSON.stringify(claims?.sub === undefined ? [subject] : [claims.iss, claims.sub])
}

/** Who signed in last, for whoever needs the name without a sign-in. */
export async function rememberedUser(
  providerId: string,
  {store}: Pick<Dependencies, 'store'>,
): Promise<RememberedUser | undefined> {
  const entry = await store.read(userKey(providerId))
  return entry && parseUser(entry.value)
}

/** Whether somebody is remembered, which can be told without opening what is kept. */
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
