import type {AwsCredentials} from '../plugin.ts'
import {rfc3339} from './process.ts'

/** Variables for `eval "$(aws-oidc creds --format env)"` in a POSIX shell. */
export function envLines(credentials: AwsCredentials): string {
  const variables = [
    ['AWS_ACCESS_KEY_ID', credentials.accessKeyId],
    ['AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey],
    ['AWS_SESSION_TOKEN', credentials.sessionToken],
    ['AWS_CREDENTIAL_EXPIRATION', rfc3339(credentials.expiration)],
  ] as const
  return variables.map(([name, value]) => `export ${name}=${quoted(value)}\n`).join('')
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`
}
