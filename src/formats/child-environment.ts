import type {AwsCredentials} from '../plugin.ts'
import {credentialVariables, type Env, regionAssignments, regionNames, staleVariable} from './variables.ts'

/** Whose credentials a program gets, and which profile it was started for. */
export interface ChildSetting {
  readonly profile: string
  readonly accountId: string
  /** Where nobody has chosen one there is none: a program may destroy what it finds in a wrong one. */
  readonly region: string | undefined
}

/** Tells an `aws-oidc exec` that was started inside another one which account that one is in. */
export const enclosingAccount = 'AWS_OIDC_EXEC'

/**
 * Every variable by which an AWS SDK finds credentials, or another profile than ours: one that another tool has left in
 * the shell would win over what we hand on, or would be mixed with it.
 */
const credentialSources: ReadonlySet<string> = new Set([
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_ACCOUNT_ID',
  staleVariable,
  // Older names: boto 2, the AWS SDK for Java 1.
  'AWS_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'AWS_CREDENTIAL_FILE',
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  // Of aws-vault, which says with them whose shell it is.
  'AWS_VAULT',
  'AWS_SESSION_EXPIRATION',
])

// A key for one service, which wins over all else there: AWS_BEARER_TOKEN_BEDROCK.
const serviceKey = /^AWS_BEARER_TOKEN_/

/** The person's environment with these credentials, and with no other source of any. */
export function environmentWith(credentials: AwsCredentials, setting: ChildSetting, env: Env): Record<string, string> {
  const variables = Object.fromEntries(credentialVariables(credentials, setting.accountId))
  return {...withoutSources(env), ...variables, ...about(setting, env)}
}

/** The same with an endpoint that serves them; `awsFiles` name the files of the AWS tools, where those are private ones. */
export function environmentServedBy(
  {url, token}: {readonly url: URL; readonly token: string},
  awsFiles: Readonly<Record<string, string>> | undefined,
  setting: ChildSetting,
  env: Env,
): Record<string, string> {
  return {
    ...withoutSources(env),
    ...awsFiles,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: url.href,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
    ...about(setting, env),
  }
}

function about({profile, accountId, region}: ChildSetting, env: Env): Record<string, string> {
  const variables = Object.fromEntries(regionAssignments(region, env).set)
  return {...variables, AWS_OIDC_PROFILE: profile, [enclosingAccount]: accountId}
}

/** Names differ in nothing but case on Windows, where they are the same variable. */
function withoutSources(env: Env): Record<string, string> {
  const replaced = new Set([...credentialSources, ...regionNames, 'AWS_OIDC_PROFILE'])
  const isKept = (upper: string) => !replaced.has(upper) && !serviceKey.test(upper)
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && isKept(name.toUpperCase()) ? [[name, value]] : [],
    ),
  )
}
