import {AwsOidcError} from '../errors.ts'
import type {Role} from '../plugin.ts'

const arnForm = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/((?:[\w+=,.@-]+\/)*)([\w+=,.@-]{1,64})$/
const shortForm = /^(\d{12})\/([\w+=,.@-]{1,64})$/

/** A role as people write it: an ARN, or `123456789012/Name`. Throws CONFIG_INVALID, naming `where` it was said. */
export function readRole(text: string, where: string): Role & {readonly arn: string} {
  const [arn, , accountId, , name] = arnForm.exec(text) ?? []
  if (arn && accountId && name) return {arn, accountId, name}
  const [, account, short] = shortForm.exec(text) ?? []
  if (account && short) return {arn: `arn:aws:iam::${account}:role/${short}`, accountId: account, name: short}
  throw new AwsOidcError('CONFIG_INVALID', `${where}: "${text}" is not a role.`, {
    hint: 'Name it like arn:aws:iam::123456789012:role/developer, or 123456789012/developer.',
  })
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
