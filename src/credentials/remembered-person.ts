import {personKey} from '../cache/keys.ts'
import type {Identity} from '../plugin.ts'
import {parseObject, readDate, readObject} from '../text/json.ts'
import type {Dependencies} from './dependencies.ts'

export interface Person {
  readonly subject: string | undefined
  readonly claims: Readonly<Record<string, unknown>> | undefined
}

/** Who signed in last, and how long that serves. */
export interface RememberedPerson extends Person {
  /** Until when the sign-in works as it is, if known. */
  readonly until: Date | undefined
  /** Whether it can be renewed afterwards without the person, as far as is known. */
  readonly renewable: boolean
}

/** Before everything of a provider is removed, so that who asks AWS for this person now sees that nothing may be kept. */
export async function forgetPerson(providerId: string, parts: Pick<Dependencies, 'store' | 'states'>): Promise<void> {
  await noteDeparture(providerId, parts)
  await parts.store.remove(personKey(providerId))
}

/** In the state, which can be read without opening what is kept: some caches ask a person for that. */
export async function noteDeparture(providerId: string, {states}: Pick<Dependencies, 'states'>): Promise<void> {
  await states.change(providerId, state => ({...state, departures: state.departures + 1}))
}

export async function rememberPerson(
  providerId: string,
  person: RememberedPerson,
  {store, clock}: Pick<Dependencies, 'store' | 'clock'>,
): Promise<void> {
  const kept = new Date(clock.now().getTime() + 365 * 86_400_000)
  await store.write(personKey(providerId), JSON.stringify(person), kept)
}

/** `iss` and `sub` tell people apart for good (OpenID Connect Core 1.0, 5.7); a name or an address may change hands. */
export function idOf({subject, claims}: Pick<Identity, 'subject' | 'claims'> | Person): string {
  return JSON.stringify(claims?.sub === undefined ? [subject] : [claims.iss, claims.sub])
}

/** Who signed in last, for whoever needs the name without a sign-in. */
export async function rememberedPerson(
  providerId: string,
  {store}: Pick<Dependencies, 'store'>,
): Promise<RememberedPerson | undefined> {
  const entry = await store.read(personKey(providerId))
  return entry && parsePerson(entry.value)
}

/** Whether somebody is remembered, which can be told without opening what is kept. */
export async function keepsPerson(
  providerId: string,
  {store, clock}: Pick<Dependencies, 'store' | 'clock'>,
): Promise<boolean> {
  const end = await store.endOf(personKey(providerId))
  return end !== undefined && end > clock.now()
}

function parsePerson(text: string): RememberedPerson {
  const {subject, claims, until, renewable} = parseObject(text)
  return {
    until: readDate(until),
    renewable: renewable === true,
    subject: typeof subject === 'string' ? subject : undefined,
    claims: claims === undefined ? undefined : readObject(claims),
  }
}
