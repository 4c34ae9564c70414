import {type CallerIdentity, getCallerIdentity} from '../aws/sts.ts'
import {type CredentialsWish, credentialsFor} from './credentials.ts'
import type {Parts} from './parts.ts'
import {endpointOf, plansFor} from './plan.ts'

/** Who AWS says the credentials of a profile are. */
export async function whoami(wish: CredentialsWish, parts: Parts): Promise<CallerIdentity> {
  const issued = await credentialsFor(wish, parts)
  const last = plansFor(wish, parts)[0]?.steps.at(-1)
  const endpoint = endpointOf(last?.role, last?.profile, parts.env)
  const sleep = (milliseconds: number) => parts.clock.sleep(milliseconds, parts.signal)
  return getCallerIdentity(issued.credentials, {endpoint, fetch: parts.network.fetchAgain, sleep})
}
