import type {AwsCredentials} from '../plugin.ts'
import {dateIn, membersOf, wordIn} from './values.ts'

// A Date takes milliseconds: the seconds of any year up to 33658 end before this.
const earliestExpiration = Date.UTC(2001, 8, 9, 1, 46, 40)

/** AWS credentials, by whomever they were made; `where` says in what they are. */
export function credentialsFrom(value: unknown, where: string): AwsCredentials {
  const credentials = membersOf(value, `"credentials" of ${where} is`)
  const of = (name: string) => `"${name}" of the credentials in ${where}`
  const expiration = dateIn(credentials.expiration, of('expiration'))
  if (expiration.getTime() < earliestExpiration) {
    throw new Error(`${of('expiration')} is ${expiration.toISOString()}; a Date takes milliseconds, not seconds`)
  }
  return {
    accessKeyId: wordIn(credentials.accessKeyId, of('accessKeyId')),
    secretAccessKey: wordIn(credentials.secretAccessKey, of('secretAccessKey')),
    sessionToken: wordIn(credentials.sessionToken, of('sessionToken')),
    expiration,
  }
}
