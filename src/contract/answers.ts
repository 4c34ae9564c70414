/**
 * What a plugin's answers must be, checked as data. Both the host and the published contract suite use these checks.
 * Each throws an Error that names the member, and returns a copy, which the plugin can't change afterwards.
 */
import type {CacheEntry, Finding, Identity, Proof, RefusalMeaning, Role} from '../plugin.ts'
import {credentialsFrom} from './credentials.ts'
import {
  booleanIn,
  dateIn,
  functionIn,
  listIn,
  longestText,
  membersOf,
  optional,
  shown,
  textIn,
  wordIn,
} from './values.ts'

/** The identity that `signIn` resolved to, whose calls are checked too. */
export function identityFrom(value: unknown): Identity {
  const identity = membersOf(value, 'signIn() resolved to')
  const roles = optional(identity.roles, functionIn, '"roles" of the identity')
  const proofFor = functionIn(identity.proofFor, '"proofFor" of the identity')
  const subject = optional(identity.subject, textIn, '"subject" of the identity')
  const claims = optional(identity.claims, claimsIn, '"claims" of the identity')
  const expiresAt = optional(identity.expiresAt, dateIn, '"expiresAt" of the identity')
  const renewable = optional(identity.renewable, booleanIn, '"renewable" of the identity')
  const keep = optional(identity.keep, neverIn, '"keep" of the identity')
  return {
    ...(subject !== undefined && {subject}),
    ...(claims && {claims}),
    ...(expiresAt && {expiresAt}),
    ...(renewable !== undefined && {renewable}),
    ...(keep && {keep}),
    ...(roles && {roles: async () => listIn(await roles.call(value), 'roles() resolved to').map(roleFrom)}),
    proofFor: async role => proofFrom(await proofFor.call(value, role)),
  }
}

function roleFrom(value: unknown, index: number): Role {
  const role = membersOf(value, `roles()[${index}] is`)
  const inRole = (name: string) => `"${name}" of roles()[${index}]`
  const arn = optional(role.arn, textIn, inRole('arn'))
  const principalArn = optional(role.principalArn, textIn, inRole('principalArn'))
  const accountName = optional(role.accountName, textIn, inRole('accountName'))
  const ref = optional(role.ref, textIn, inRole('ref'))
  return {
    accountId: textIn(role.accountId, inRole('accountId')),
    name: textIn(role.name, inRole('name')),
    ...(arn !== undefined && {arn}),
    ...(principalArn !== undefined && {principalArn}),
    ...(accountName !== undefined && {accountName}),
    ...(ref !== undefined && {ref}),
  }
}

/** The proof that `proofFor` resolved to. */
export function proofFrom(value: unknown): Proof {
  const proof = membersOf(value, 'proofFor() resolved to')
  switch (proof.kind) {
    case 'web-identity':
      return {kind: 'web-identity', token: wordIn(proof.token, '"token" of the proof')}
    case 'saml':
      return {kind: 'saml', document: textIn(proof.document, '"document" of the proof')}
    case 'credentials':
      return {kind: 'credentials', credentials: credentialsFrom(proof.credentials, 'the proof')}
    default:
      throw new Error(`"kind" of the proof is ${shown(proof.kind)}, not "web-identity", "saml" or "credentials"`)
  }
}

/** The findings that `check` resolved to. */
export function findingsFrom(value: unknown): readonly Finding[] {
  return listIn(value, 'check() resolved to').map((item, index) => {
    const finding = membersOf(item, `check()[${index}] is`)
    const mend = optional(finding.mend, textIn, `"mend" of check()[${index}]`)
    return {
      ok: booleanIn(finding.ok, `"ok" of check()[${index}]`),
      what: textIn(finding.what, `"what" of check()[${index}]`),
      ...(mend !== undefined && {mend}),
    }
  })
}

/** What `describeRefusal` returned. */
export function refusalMeaningFrom(value: unknown): RefusalMeaning | undefined {
  if (value === undefined) return undefined
  if (value instanceof Promise) {
    // Nobody waits for it, so its rejection would count as one that nobody handles.
    value.catch(() => undefined)
    throw new Error('describeRefusal() returned a promise, and has to answer at once')
  }
  const meaning = membersOf(value, 'describeRefusal() returned')
  const hint = optional(meaning.hint, textIn, '"hint" of describeRefusal()')
  return {message: textIn(meaning.message, '"message" of describeRefusal()'), ...(hint !== undefined && {hint})}
}

/** The entry that a cache's `read` resolved to. */
export function cacheEntryFrom(value: unknown): CacheEntry | undefined {
  if (value === undefined) return undefined
  const entry = membersOf(value, 'read() resolved to')
  if (typeof entry.value !== 'string') throw new Error(`"value" of the entry is ${shown(entry.value)}, not a string`)
  return {value: entry.value, expiresAt: dateIn(entry.expiresAt, '"expiresAt" of the entry')}
}

/** The time that a cache's `expiresAt` resolved to. */
export function cacheTimeFrom(value: unknown): Date | undefined {
  return optional(value, dateIn, 'what expiresAt() resolved to')
}

function neverIn(value: unknown, what: string): 'never' {
  if (value !== 'never') throw new Error(`${what} is ${shown(value)}, not "never"`)
  return value
}

/** Claims as JSON has them: without cycles, functions and members that compute something each time. */
function claimsIn(value: unknown, what: string): Readonly<Record<string, unknown>> {
  membersOf(value, `${what} are`)
  let text: string
  try {
    text = JSON.stringify(value)
  } catch (error) {
    throw new Error(`${what} can't be written as JSON`, {cause: error})
  }
  if (text.length > longestText) throw new Error(`${what} are longer than ${longestText} characters`)
  return membersOf(JSON.parse(text), `${what} are`)
}
