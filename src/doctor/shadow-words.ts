import type {FileKind} from '../aws-config/read.ts'
import {secretKeys} from '../aws-config/shadows.ts'

const [py, go, java, js] = ['the AWS CLI, boto3', 'the SDKs for Go', 'Java', 'JavaScript'] as const

/**
 * What the tools do with a profile of ours that has this key too, as the end of a sentence. Statements about a named
 * tool were tested with it; the effect of the other sources differs from version to version.
 */
export function effectOf(key: string, kind: FileKind): string {
  if (secretKeys.includes(key)) {
    return kind === 'credentials'
      ? `${py}, ${go} and ${js} use that key and never ask aws-oidc; only ${java} does`
      : `${go} and ${js} use that key and never ask aws-oidc`
  }
  if (key.startsWith('sso_')) return `${py}, ${go} and ${java} use SSO instead of aws-oidc`
  if (key === 'credential_process') return 'every AWS tool runs that command instead of aws-oidc'
  if (key === 'role_arn' || key === 'source_profile') {
    return `${py}, ${go} and ${java} switch to that role or refuse the profile, and ${js} may pass over it`
  }
  if (key === 'mfa_serial') return 'AWS refuses such a switch with credentials of a sign-in'
  return 'some AWS tools take that source instead of aws-oidc'
}
