import type {Store} from '../cache/store.ts'
import {credentialsFrom} from '../contract/credentials.ts'
import type {AwsCredentials} from '../plugin.ts'
import {parseObject, readDate} from '../text/json.ts'
import type {Secrets} from '../text/secrets.ts'

/** Credentials as they are kept, with what is needed to judge their age. */
export interface Issued {
  readonly credentials: AwsCredentials
  /** The role's ARN, or account and name of a permission set. */
  readonly role: string
  readonly accountId: string
  readonly obtainedAt: Date
  /** When they expire by our clock; never later than the time that AWS gave. */
  readonly expiresAt: Date
}

const longestSoftMargin = 15 * 60_000
const hardMargin = 60_000

/** Whether they can be served as they are: the soft margin has not begun. botocore asks again below 15 minutes. */
export function isFresh(issued: Issued, now: Date): boolean {
  return servedUntil(issued) > now
}

/** When their soft margin begins: in the last quarter of their life, but 1 to 15 minutes before its end. */
export function servedUntil({expiresAt, obtainedAt}: Issued): Date {
  const life = expiresAt.getTime() - obtainedAt.getTime()
  return new Date(expiresAt.getTime() - Math.max(hardMargin, Math.min(longestSoftMargin, life / 4)))
}

/** Whether they still work for more than a minute. */
export function isUsable({expiresAt}: Issued, now: Date): boolean {
  return expiresAt.getTime() - now.getTime() > hardMargin
}

export async function readIssued(store: Store, key: string, secrets: Secrets): Promise<Issued | undefined> {
  const entry = await store.read(key)
  const issued = entry && parseIssued(entry.value, entry.expiresAt)
  secrets.add(issued?.credentials.secretAccessKey)
  secrets.add(issued?.credentials.sessionToken)
  return issued
}

export async function writeIssued(
  store: Store,
  key: string,
  {credentials, role, accountId, obtainedAt, expiresAt}: Issued,
): Promise<void> {
  await store.write(key, JSON.stringify({...credentials, role, accountId, obtainedAt}), expiresAt)
}

/** Parses a cache entry; `undefined` if it holds no credentials. */
export function parseIssued(text: string, expiresAt: Date): Issued | undefined {
  const value = parseObject(text)
  const {role, accountId} = value
  const obtainedAt = readDate(value.obtainedAt)
  const credentials = credentialsIn({...value, expiration: readDate(value.expiration)})
  if (typeof role !== 'string' || typeof accountId !== 'string' || !credentials || !obtainedAt) return undefined
  return {credentials, role, accountId, obtainedAt, expiresAt}
}

function credentialsIn(value: unknown): AwsCredentials | undefined {
  try {
    return credentialsFrom(value, 'the cache')
  } catch {
    return undefined
  }
}
