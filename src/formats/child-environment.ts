import type {AwsCredentials} from '../plugin.ts'
import {credentialVariables, type Env, regionAssignments, regionNames, staleVariable} from './variables.ts'

/** The profile that a program was started for, with its account and region. */
export interface ChildSetting {
  readonly profile: string
  readonly accountId: string
  /** `undefined` unless one was chosen: a program may destroy what it finds in a wrong region. */
  readonly region: string | undefined
}

/** Tells a nested `aws-oidc exec` the account of the enclosing one. */
export const enclosingAccount = 'AWS_OIDC_EXEC'

/**
 * Every variable by which an AWS SDK finds credentials or another profile. A leftover of another tool would override
 * ours, or be mixed with them.
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
  // aws-vault marks its shells with these.
  'AWS_VAULT',
  'AWS_SESSION_EXPIRATION',
])

// A key for one service, which overrides all other credentials there: AWS_BEARER_TOKEN_BEDROCK.
const serviceKey = /^AWS_BEARER_TOKEN_/

/** The user's environment with these credentials as their only source. */
export function environmentWith(credentials: AwsCredentials, setting: ChildSetting, env: Env): Record<string, string> {
  const variables = Object.fromEntries(credentialVariables(credentials, setting.accountId))
  return {...withoutSources(env), ...variables, ...about(setting, env)}
}

/**
 * The same, with an endpoint that serves the credentials; `awsFiles` are variables that point to private AWS files, if
 * any.
 */
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

/** Compares names in upper case: on Windows they are case-insensitive. */
function withoutSources(env: Env): Record<string, string> {
  const replaced = new Set([...credentialSources, ...regionNames, 'AWS_OIDC_PROFILE'])
  const isKept = (upper: string) => !replaced.has(upper) && !serviceKey.test(upper)
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && isKept(name.toUpperCase()) ? [[name, value]] : [],
    ),
  )
}
