import {forgetState} from './folders.ts'
import type {Ledger} from './ledger.ts'
import type {Place} from './place.ts'
import type {Round} from './schedule.ts'

/** An undisturbed call did not do what it should. */
export class PreparationFailed extends Error {}

/** The sign-ins needed and seen in preparing a round. */
export interface Prepared {
  readonly needed: number
  readonly asked: number
}

/** Prepares the state that the callers of a round find. */
export async function prepare(
  {kind, virgin}: Pick<Round, 'kind' | 'virgin'>,
  ledger: Ledger,
  place: Place,
): Promise<Prepared> {
  const {kept, sandbox, home} = place
  if (kind === 'cold') {
    await place.wipe(virgin)
    return {needed: 0, asked: 0}
  }
  const prepared = await signedIn(ledger, place)
  if (kind === 'other person') {
    await sandbox.steer('POST', '/revoke-sessions', {})
    ledger.endAll()
  }
  if (kind === 'redeem') {
    await makeStale(place)
    await undisturbed(ledger, place)
  }
  if (kind === 'soft') {
    await kept.outliveTokens()
    await kept.ageCredentials()
    // A silent renewal beside a served call is tried only once a minute.
    await forgetState(home.cache)
  }
  if (kind === 'redeem') await kept.forgetCredentials()
  if (kind === 'renewal' || kind === 'other person') await makeStale(place)
  return prepared
}

/** Ensures fresh credentials and a working refresh token. */
async function signedIn(ledger: Ledger, place: Place): Promise<Prepared> {
  const {kept} = place
  const live = ledger.isLive(await kept.token())
  if (live && (await kept.hasFreshCredentials())) return {needed: 0, asked: 0}
  await makeStale(place)
  return {needed: live ? 0 : 1, asked: await undisturbed(ledger, place)}
}

async function makeStale({kept}: Place): Promise<void> {
  await kept.outliveTokens()
  await kept.forgetCredentials()
}

/** Makes a call, and resolves to the number of sign-ins it started. */
async function undisturbed(ledger: Ledger, {sandbox, people, call}: Place): Promise<number> {
  await sandbox.steer('DELETE', '/journal')
  const looking = setInterval(() => void people.look(), 10)
  const {exitCode, stderr} = await call('preparation').ended
  clearInterval(looking)
  await people.done()
  if (exitCode !== 0) throw new PreparationFailed(`an undisturbed call ended with ${exitCode}: ${stderr}`)
  for (const entry of await sandbox.journal()) ledger.note(entry)
  return people.asked().length
}
