/**
 * What a plugin's answers must be, checked as data. Both the host and the published contract suite use these checks.
 * Each throws an Error that names the member, and returns a copy, which the plugin can't change afterwards.
 */
import type {
  AssignedRole,
  CacheEntry,
  Finding,
  Identity,
  Omission,
  Proof,
  RefusalMeaning,
  Role,
  RolePart,
} from '../plugin.ts'
import {credentialsFrom} from './credentials.ts'
import {
  booleanIn,
  countIn,
  dateIn,
  functionIn,
  listIn,
  longestText,
  membersOf,
  optional,
  shown,
  stringIn,
  textIn,
  urlIn,
  wordIn,
} from './values.ts'

/** The identity that `signIn` resolved to, whose calls are checked too. */
export function identityFrom(value: unknown): Identity {
  const identity = membersOf(value, 'signIn() resolved to')
  const roles = optional(identity.roles, functionIn, '"roles" of the identity')
  const rolesInParts = optional(identity.rolesInParts, functionIn, '"rolesInParts" of the identity')
  const findRole = optional(identity.findRole, functionIn, '"findRole" of the identity')
  const assigned = optional(identity.assigned, functionIn, '"assigned" of the identity')
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
    ...(roles && {
      roles: async () =>
        listIn(await roles.call(value), 'roles() resolved to').map((role, index) =>
          roleFrom(role, `roles()[${index}]`),
        ),
    }),
    ...(rolesInParts && {rolesInParts: listing => partsIn(rolesInParts.call(value, listing))}),
    ...(findRole && {
      findRole: async wanted => optional(await findRole.call(value, wanted), roleFrom, 'what findRole() resolved to'),
    }),
    proofFor: async role => proofFrom(await proofFor.call(value, role), 'proofFor() resolved to'),
    ...(assigned && {assigned: async () => assignedFrom(await assigned.call(value))}),
  }
}

async function* partsIn(given: unknown): AsyncIterable<RolePart> {
  if (!isIterable(given)) throw new Error(`rolesInParts() returned ${shown(given)}, not an AsyncIterable`)
  for await (const part of given) yield partFrom(part)
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

function partFrom(value: unknown): RolePart {
  const part = membersOf(value, 'a part of rolesInParts() is')
  const progress = optional(part.progress, progressFrom, '"progress" of rolesInParts()')
  const omitted = optional(part.omitted, listIn, '"omitted" of rolesInParts() is')
  return {
    roles: listIn(part.roles, '"roles" of rolesInParts() is').map(role => roleFrom(role, 'a role of rolesInParts()')),
    ...(progress && {progress}),
    ...(omitted && {omitted: omitted.map(omissionFrom)}),
  }
}

function progressFrom(value: unknown, what: string): NonNullable<RolePart['progress']> {
  const progress = membersOf(value, `${what} is`)
  const total = optional(progress.total, countIn, `"total" in ${what}`)
  return {
    done: countIn(progress.done, `"done" in ${what}`),
    unit: textIn(progress.unit, `"unit" in ${what}`),
    ...(total !== undefined && {total}),
  }
}

function omissionFrom(value: unknown): Omission {
  const what = '"omitted" of rolesInParts()'
  const omission = membersOf(value, `an item of ${what} is`)
  return {what: textIn(omission.what, `"what" in ${what}`), why: textIn(omission.why, `"why" in ${what}`)}
}

function assignedFrom(value: unknown): AssignedRole {
  const {proof: given, role: chosen} = membersOf(value, 'assigned() resolved to')
  const proof = proofFrom(given, '"proof" of assigned() is')
  const role = optional(chosen, roleFrom, 'the role of assigned()')
  // Only credentials can be shown to AWS to learn whose they are.
  if (!role && proof.kind !== 'credentials')
    throw new Error(`assigned() gave a proof of the kind "${proof.kind}" without its role`)
  return {proof, ...(role && {role})}
}

function roleFrom(value: unknown, where: string): Role {
  const role = membersOf(value, `${where} is`)
  const inRole = (name: string) => `"${name}" of ${where}`
  const arn = optional(role.arn, textIn, inRole('arn'))
  const principalArn = optional(role.principalArn, textIn, inRole('principalArn'))
  const accountName = optional(role.accountName, textIn, inRole('accountName'))
  const accountEmail = optional(role.accountEmail, textIn, inRole('accountEmail'))
  const ref = optional(role.ref, textIn, inRole('ref'))
  return {
    // What is text and no role of AWS, such as an empty name, is left out with a warning, and the other roles stay.
    accountId: stringIn(role.accountId, inRole('accountId')),
    name: stringIn(role.name, inRole('name')),
    ...(arn !== undefined && {arn}),
    ...(principalArn !== undefined && {principalArn}),
    ...(accountName !== undefined && {accountName}),
    ...(accountEmail !== undefined && {accountEmail}),
    ...(ref !== undefined && {ref}),
  }
}

function proofFrom(value: unknown, what: string): Proof {
  const proof = membersOf(value, what)
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

/** The address that `issuer` returned. */
export function issuerFrom(value: unknown): URL | undefined {
  return optional(value, urlIn, 'what issuer() returned')
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
