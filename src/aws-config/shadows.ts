import {markKey, type Origin} from './own-profile.ts'
import type {Section} from './read.ts'

/** Keys by which a tool gets credentials and which we write; those of a profile of ours that is written anew may go. */
export const ownKeys = [
  ...['credential_process', 'role_arn', 'source_profile', 'external_id', 'duration_seconds', 'role_session_name'],
  markKey,
]

/** Keys that are worth nothing without the others of a profile of ours. */
export const companionKeys = ['region', 'output']

export const secretKeys = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token', 'aws_security_token']

const otherSources = ['web_identity_token_file', 'web_identity_token_process', 'credential_source', 'login_session']

/** The keys of a section for which some AWS tool would not ask us, although a `credential_process` of ours is there. */
export function shadowsIn(
  {properties}: Pick<Section, 'properties'>,
  kind: 'config' | 'credentials',
  origin: Pick<Origin, 'kind'> | undefined,
): string[] {
  // Which of these wins over a credential_process in the other file, and which is an error, differs from tool to tool.
  const ours = kind === 'credentials' ? ['credential_process', 'role_arn', 'source_profile'] : []
  // Credentials of a sign-in can't be shown with a code of an MFA device: AWS refuses such a switch.
  const besides = origin?.kind === 'profile' ? ['role_arn', 'source_profile'] : ['mfa_serial']
  const beside = kind === 'config' ? besides : []
  const shadowing = new Set([...secretKeys, ...otherSources, ...ours, ...beside])
  const keys = properties.map(({key}) => key)
  return [...new Set(keys.filter(key => shadowing.has(key) || key.startsWith('sso_')))]
}
