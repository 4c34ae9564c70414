import {AwsOidcError} from '../errors.ts'
import type {AwsCredentials} from '../plugin.ts'
import {rfc3339} from './process.ts'

export type Variables = readonly (readonly [name: string, value: string])[]

/** What somebody's environment is to become. */
export interface Assignments {
  readonly set: Variables
  readonly unset: readonly string[]
}

export type Env = Readonly<Record<string, string | undefined>>

/**
 * The older name of AWS_SESSION_TOKEN. botocore reads it first, so one that another tool has left in the shell would
 * be sent with our keys: whatever can remove a variable removes it.
 */
export const staleVariable = 'AWS_SECURITY_TOKEN'

/**
 * The variables that AWS's own tools read credentials from. The account is one of them: botocore and the SDK for
 * JavaScript take it as part of the credentials, and one left in the shell would be another account's.
 */
export function credentialVariables(credentials: AwsCredentials, accountId: string): Variables {
  return [
    ['AWS_ACCESS_KEY_ID', credentials.accessKeyId],
    ['AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey],
    ['AWS_SESSION_TOKEN', credentials.sessionToken],
    ['AWS_CREDENTIAL_EXPIRATION', rfc3339(credentials.expiration)],
    ['AWS_ACCOUNT_ID', accountId],
  ]
}

/**
 * Holds the region that we have set, so that the next call, for another profile, doesn't take it for one that the person
 * has chosen.
 */
const ownRegion = 'AWS_OIDC_REGION'
export const regionNames = ['AWS_REGION', 'AWS_DEFAULT_REGION', ownRegion] as const

/** The region that the person has chosen for all programs. */
export function chosenRegion(env: Env): string | undefined {
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined
  return region === env[ownRegion] ? undefined : region
}

/** So that programs work in that region; without one they are not left in the region of another profile. */
export function regionAssignments(region: string | undefined, env: Env): Assignments {
  if (region === undefined) return {set: [], unset: env[ownRegion] && !chosenRegion(env) ? regionNames : []}
  const names = region === chosenRegion(env) ? regionNames.filter(name => name !== ownRegion) : regionNames
  return {set: names.map(name => [name, region]), unset: []}
}

/** What a line of any shell carries between quotes: all but control characters and halves of surrogate pairs. */
export const printableOnly = /^[^\p{Cc}\p{Cs}]*$/u

/** What no shell and no reader of variables takes for anything but itself, quoted or not. All that AWS gives is of these. */
export const plainOnly = /^[\w+/=.:,@-]*$/

/** Rejects with USAGE a value that a format has no way to write. Values are secrets: only the variable is named. */
export function demandFit(variables: Variables, fitting: RegExp, format: string): void {
  for (const [name, value] of variables) {
    if (fitting.test(value)) continue
    throw new AwsOidcError('USAGE', `The value of ${name} has a character that --format ${format} can't hold.`, {
      hint: 'aws-oidc creds --format process',
    })
  }
}
