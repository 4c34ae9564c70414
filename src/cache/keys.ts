import {createHash} from 'node:crypto'

/** The fields that identify a provider. Changing any of its settings makes it another provider. */
export interface ProviderKeyFields {
  readonly package: string
  readonly strategy: string
  /** As written in the configuration: references to secrets stay unresolved. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** Everything that makes one set of credentials differ from another of the same provider. */
export interface CredentialKeyFields {
  /** Absent where the provider's only role is meant. */
  readonly role: string | undefined
  /** The SAML provider through which the role is assumed, if one was named. */
  readonly principal?: string | undefined
  readonly durationSeconds: number
  readonly sessionName: string | undefined
  readonly policy?: string | undefined
  readonly policyArns?: readonly string[] | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly transitiveTags?: readonly string[] | undefined
  readonly externalId?: string | undefined
  readonly sourceIdentity?: string | undefined
  readonly endpoint: string
  /** The key of the credentials with which a chained role is assumed. */
  readonly sourceKey?: string | undefined
}

/** The hash under which a provider's cache entries, lock and state are kept. */
export function providerId(parts: ProviderKeyFields): string {
  return digest(parts)
}

/** The cache key of credentials: `providerId/` and a hash, so it reveals nothing and has its provider's prefix. */
export function credentialKey(provider: string, parts: CredentialKeyFields): string {
  return `${provider}/${digest(parts)}`
}

/** The name of the lock of one set of credentials. */
export function lockOf(key: string): string {
  return key.replace('/', '.')
}

export function memoryKey(provider: string, name: string): string {
  return `${provider}/${digest({memory: name})}`
}

/** The cache key of the user who signed in last. */
export function userKey(provider: string): string {
  return memoryKey(provider, 'person')
}

function digest(value: object): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}

/** JSON that doesn't depend on the order of an object's members. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}
