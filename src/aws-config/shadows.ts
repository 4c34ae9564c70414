import {markKey, type Origin} from './own-profile.ts'
import type {Section} from './read.ts'

/** Keys that we write, and by which a tool gets credentials; a rewrite of a profile of ours may remove them. */
export const ownKeys = [
  ...['credential_process', 'role_arn', 'source_profile', 'external_id', 'duration_seconds', 'role_session_name'],
  markKey,
]

/** Keys that are useless without the other keys of a profile of ours. */
export const companionKeys = ['region', 'output']

export const secretKeys = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token', 'aws_security_token']

const otherSources = ['web_identity_token_file', 'web_identity_token_process', 'credential_source', 'login_session']

/** The keys that keep some AWS tool from asking us, although the profile has our `credential_process`. */
export function shadowsIn(
  {properties}: Pick<Section, 'properties'>,
  kind: 'config' | 'credentials',
  origin: Pick<Origin, 'kind'> | undefined,
): string[] {
  // Which of these wins over a credential_process in the other file, and which is an error, differs among tools.
  const ours = kind === 'credentials' ? ['credential_process', 'role_arn', 'source_profile'] : []
  // AWS refuses a role switch with an MFA code for credentials that come from a sign-in.
  const besides = origin?.kind === 'profile' ? ['role_arn', 'source_profile'] : ['mfa_serial']
  const beside = kind === 'config' ? besides : []
  const shadowing = new Set([...secretKeys, ...otherSources, ...ours, ...beside])
  const keys = properties.map(({key}) => key)
  return [...new Set(keys.filter(key => shadowing.has(key) || key.startsWith('sso_')))]
}
