import {AwsOidcError} from '../errors.ts'
import type {Role} from '../plugin.ts'

const arnForm = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/((?:[\w+=,.@-]+\/)*)([\w+=,.@-]{1,64})$/
const shortForm = /^(\d{12})\/([\w+=,.@-]{1,64})$/
const samlProviderForm = /^arn:aws[a-z-]*:iam::\d{12}:saml-provider\/[\w.-]{1,128}$/

/**
 * A role as people write it: an ARN, or `123456789012/Name`; where one SAML provider of several is meant, an ARN and
 * that of the provider as they stand in assertions. Throws CONFIG_INVALID, naming `where` it was said; finding that out may
 * take longer than all else, and is left until then.
 */
export function readRole(text: string, where: string | (() => string)): Role & {readonly arn: string} {
  const role = readArn(text) ?? readRolePair(text) ?? readShort(text)
  if (role) return role
  const place = typeof where === 'string' ? where : where()
  throw new AwsOidcError('CONFIG_INVALID', `${place}: "${text}" is not a role.`, {
    hint: 'Name it like arn:aws:iam::123456789012:role/developer, or 123456789012/developer.',
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

/** A role together with the SAML provider of IAM through which it is taken. */
export type FederatedRole = Role & {readonly arn: string; readonly principalArn: string}

/**
 * Role and SAML provider, in either order; `undefined` for anything else. A comma may belong to the name of a role, so
 * that only one before an ARN parts the two.
 */
export function readRolePair(text: string): FederatedRole | undefined {
  const [first = '', second = '', ...more] = text.trim().split(/\s*,\s*(?=arn:)/)
  const [role, principalArn] = readArn(first) ? [readArn(first), second] : [readArn(second), first]
  return role && more.length === 0 && samlProviderForm.test(principalArn) ? {...role, principalArn} : undefined
}

/** Whether a role that a provider offers can be one of AWS's, and is read back as what it is from the way people write it. */
export function isRole({arn, accountId, name, principalArn}: Role): boolean {
  const read = arn === undefined ? readShort(`${accountId}/${name}`) : readArn(arn)
  const fits = read?.accountId === accountId && read.name === name
  return fits && (principalArn === undefined || samlProviderForm.test(principalArn))
}

export function partitionOf(roleArn: string): string {
  return roleArn.split(':')[1] ?? 'aws'
}

/**
 * Whether `assumedArn`, which STS names in its answer, is a session of `role`. The path of a role is not in it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
 */
export function isSessionOf(role: Role, assumedArn: string): boolean {
  const [, , service, , account, resource = ''] = assumedArn.split(':')
  const [kind, name] = resource.split('/')
  return service === 'sts' && kind === 'assumed-role' && account === role.accountId && name === role.name
}
