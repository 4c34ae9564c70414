import {readRole} from '../aws/role.ts'
import {type CallerIdentity, getCallerIdentity} from '../aws/sts.ts'
import {type CredentialsWish, credentialsFor} from '../credentials/credentials.ts'
import type {CredentialsDependencies} from '../credentials/dependencies.ts'
import {stsFor} from '../credentials/sts-door.ts'

export interface Whoami extends CallerIdentity {
  /** What the configuration calls the account. */
  readonly accountName?: string
}

/** Who AWS says the credentials of a profile are. */
export async function whoami(wish: CredentialsWish, parts: CredentialsDependencies): Promise<Whoami> {
  const {credentials, role} = await credentialsFor(wish, parts)
  const profile = wish.profile === undefined ? undefined : parts.configuration.profiles[wish.profile]
  const identity = await getCallerIdentity(credentials, stsFor(readRole(role, 'role'), profile, parts))
  const accountName = parts.configuration.accounts.get(identity.account)
  return {...identity, ...(accountName !== undefined && {accountName})}
}
