import {AwsOidcError} from '../errors.ts'
import type {AwsCredentials} from '../plugin.ts'
import {rfc3339} from './process.ts'

export type Variables = readonly (readonly [name: string, value: string])[]

/** Changes to an environment. */
export interface Assignments {
  readonly set: Variables
  readonly unset: readonly string[]
}

export type Env = Readonly<Record<string, string | undefined>>

/**
 * The older name of AWS_SESSION_TOKEN. botocore reads it first, so a leftover of another tool would be sent with our
 * keys. Every format that can unset a variable unsets this one.
 */
export const staleVariable = 'AWS_SECURITY_TOKEN'

/**
 * The variables from which AWS's own tools read credentials. The account is one of them: botocore and the SDK for
 * JavaScript treat it as part of the credentials, and a leftover would name another account.
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
 * Holds the region that we have set, so that the next call, for another profile, doesn't take it for the user's choice.
 */
const ownRegion = 'AWS_OIDC_REGION'
export const regionNames = ['AWS_REGION', 'AWS_DEFAULT_REGION', ownRegion] as const

/** The region that the user has chosen for all programs. */
export function chosenRegion(env: Env): string | undefined {
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined
  return region === env[ownRegion] ? undefined : region
}

/** Sets the region for programs. Without one, removes a region that we have set for another profile. */
export function regionAssignments(region: string | undefined, env: Env): Assignments {
  if (region === undefined) return {set: [], unset: env[ownRegion] && !chosenRegion(env) ? regionNames : []}
  const names = region === chosenRegion(env) ? regionNames.filter(name => name !== ownRegion) : regionNames
  return {set: names.map(name => [name, region]), unset: []}
}

/** Characters that every shell accepts in quotes: all but control characters and lone surrogates. */
export const printableOnly = /^[^\p{Cc}\p{Cs}]*$/u

/** Characters that every shell and reader of variables takes literally, quoted or not. AWS issues no others. */
export const plainOnly = /^[\w+/=.:,@-]*$/

/** Rejects with USAGE a value that a format can't represent. Values are secrets: only the variable is named. */
export function demandFit(variables: Variables, fitting: RegExp, format: string): void {
  for (const [name, value] of variables) {
    if (fitting.test(value)) continue
    throw new AwsOidcError('USAGE', `The value of ${name} has a character that --format ${format} can't hold.`, {
      hint: 'aws-oidc creds --format process',
    })
  }
}
