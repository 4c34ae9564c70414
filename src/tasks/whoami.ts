import {readRole} from '../aws/role.ts'
import {type CallerIdentity, getCallerIdentity} from '../aws/sts.ts'
import {type CredentialsWish, credentialsFor} from './credentials.ts'
import type {Parts} from './parts.ts'
import {stsFor} from './sts-door.ts'

/** Who AWS says the credentials of a profile are. */
export async function whoami(wish: CredentialsWish, parts: Parts): Promise<CallerIdentity> {
  const {credentials, role} = await credentialsFor(wish, parts)
  const profile = wish.profile === undefined ? undefined : parts.configuration.profiles[wish.profile]
  return getCallerIdentity(credentials, stsFor(readRole(role, 'role'), profile, parts))
}
