import {readRole} from '../aws/role.ts'
import {type CallerIdentity, getCallerIdentity} from '../aws/sts.ts'
import {type CredentialsRequest, credentialsFor} from '../credentials/credentials.ts'
import type {CredentialsDependencies} from '../credentials/dependencies.ts'
import {stsFor} from '../credentials/sts-transport.ts'

export interface Whoami extends CallerIdentity {
  /** The account's name in the configuration. */
  readonly accountName?: string
}

/** The identity that AWS reports for a profile's credentials. */
export async function whoami(request: CredentialsRequest, deps: CredentialsDependencies): Promise<Whoami> {
  const {credentials, role} = await credentialsFor(request, deps)
  const profile = request.profile === undefined ? undefined : deps.configuration.profiles[request.profile]
  const identity = await getCallerIdentity(credentials, stsFor(readRole(role, 'role'), profile, deps))
  const accountName = deps.configuration.accounts.get(identity.account)
  return {...identity, ...(accountName !== undefined && {accountName})}
}
