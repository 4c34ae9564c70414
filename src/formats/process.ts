import type {AwsCredentials} from '../plugin.ts'

/**
 * The document of a credential_process: one line with a newline at its end.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
export function processDocument(credentials: AwsCredentials, accountId: string): string {
  const document = {
    Version: 1,
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: rfc3339(credentials.expiration),
    AccountId: accountId,
  }
  return `${JSON.stringify(document).replace(/[^ -~]/g, escaped)}\n`
}

/** The document may be printed on a terminal, and its values may come from the cache of a plugin. */
function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Whole seconds and `Z`: the form that every AWS SDK reads. */
export function rfc3339(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z')
}
