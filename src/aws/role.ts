import {AwsOidcError} from '../errors.ts'
import type {Role} from '../plugin.ts'

const arnForm = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/((?:[\w+=,.@-]+\/)*)([\w+=,.@-]{1,64})$/
const shortForm = /^(\d{12})\/([\w+=,.@-]{1,64})$/
const samlProviderForm = /^arn:aws[a-z-]*:iam::\d{12}:saml-provider\/[\w.-]{1,128}$/

/**
 * Reads a role as users write it: an ARN, or `123456789012/Name`; to choose one of several SAML providers, the ARNs of
 * role and provider as in assertions. Throws CONFIG_INVALID, naming the place `where` it was written. Pass a function
 * if that place is expensive to determine: it is called only for the error.
 */
export function readRole(text: string, where: string | (() => string)): Role & {readonly arn: string} {
  const role = readArn(text) ?? readRolePair(text) ?? readShort(text)
  if (role) return role
  const place = typeof where === 'string' ? where : where()
  throw new AwsOidcError('CONFIG_INVALID', `${place}: "${text}" is not a role.`, {
    hint: 'Write arn:aws:iam::123456789012:role/developer or 123456789012/developer.',
  })
}

function readArn(text: string): (Role & {readonly arn: string}) | undefined {
  const [arn, , accountId, , name] = arnForm.exec(text) ?? []
  return arn && accountId && name ? {arn, accountId, name} : undefined
}

function readShort(text: string): (Role & {readonly arn: string}) | undefined {
  const [, accountId, name] = shortForm.exec(text) ?? []
  return accountId && name ? {arn: `arn:aws:iam::${accountId}:role/${name}`, accountId, name} : undefined
}

export function isRoleArn(text: string): boolean {
  return readArn(text) !== undefined
}

/** A role together with the IAM SAML provider through which it is assumed. */
export type FederatedRole = Role & {readonly arn: string; readonly principalArn: string}

/**
 * Reads the ARNs of a role and a SAML provider, in either order; `undefined` for anything else. Splits only at a comma
 * before an ARN, because a role's name may contain commas.
 */
export function readRolePair(text: string): FederatedRole | undefined {
  const [first = '', second = '', ...more] = text.trim().split(/\s*,\s*(?=arn:)/)
  const [role, principalArn] = readArn(first) ? [readArn(first), second] : [readArn(second), first]
  return role && more.length === 0 && samlProviderForm.test(principalArn) ? {...role, principalArn} : undefined
}

/** Whether a role offered by a provider is valid in AWS and consistent: its ARN must match its account and name. */
export function isRole({arn, accountId, name, principalArn}: Role): boolean {
  const read = arn === undefined ? readShort(`${accountId}/${name}`) : readArn(arn)
  const fits = read?.accountId === accountId && read.name === name
  return fits && (principalArn === undefined || samlProviderForm.test(principalArn))
}

export function partitionOf(roleArn: string): string {
  return roleArn.split(':')[1] ?? 'aws'
}

/**
 * Whether `assumedArn`, from an answer of STS, is a session of `role`. It does not contain the role's path.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
 */
export function isSessionOf(role: Role, assumedArn: string): boolean {
  const session = readSession(assumedArn)
  return session?.accountId === role.accountId && session.name === role.name
}

/** The role that a session is of, from the session's ARN; without its own ARN, since the path is not known. */
export function readSession(assumedArn: string): Role | undefined {
  const [, , service, , accountId, resource = ''] = assumedArn.split(':')
  const [kind, name] = resource.split('/')
  return service === 'sts' && kind === 'assumed-role' && accountId && name ? {accountId, name} : undefined
}
