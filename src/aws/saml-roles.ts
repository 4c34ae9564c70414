import {AwsOidcError, printable} from '../errors.ts'
import type {Role} from '../plugin.ts'
import {type FederatedRole, readRolePair} from './role.ts'
import {readSaml, type SamlAssertion} from './saml-document.ts'

const roleAttribute = 'https://aws.amazon.com/SAML/Attributes/Role'

/** The roles named in a SAML document, each once. Throws BAD_RESPONSE for a document that can't be used. */
export function rolesIn(document: string): readonly FederatedRole[] {
  return rolesOf(readSaml(document).assertion)
}

export function rolesOf({attributes}: SamlAssertion): readonly FederatedRole[] {
  const roles = (attributes.get(roleAttribute) ?? []).flatMap(text => readRolePair(text) ?? [])
  return [...new Map(roles.map(role => [keyOf(role), role])).values()]
}

/**
 * Finds `wanted` among the offered roles. Throws ROLE_NOT_OFFERED, or ROLE_REQUIRED if the role is offered through
 * several SAML providers and `wanted` does not say which.
 */
export function offeredRole(wanted: Role, assertion: SamlAssertion, provider: string): FederatedRole {
  const offered = rolesOf(assertion)
  const found = offered.filter(
    ({arn, principalArn}) => arn === wanted.arn && [undefined, principalArn].includes(wanted.principalArn),
  )
  const [only, ...others] = found
  if (!only) throw notOffered(wanted, offered, assertion, provider)
  if (others.length === 0) return only
  throw new AwsOidcError(
    'ROLE_REQUIRED',
    `"${provider}" offers ${only.arn} through ${found.length} SAML providers: ${named(found.map(each => each.principalArn))}.`,
    {hint: `role: '${keyOf(only)}'`},
  )
}

function notOffered(
  wanted: Role,
  offered: readonly FederatedRole[],
  {attributes}: SamlAssertion,
  provider: string,
): AwsOidcError {
  if (offered.length === 0) {
    const values = attributes.get(roleAttribute) ?? []
    const instead =
      values.length > 0
        ? `Its attribute ${roleAttribute} has ${named(values)}, but no pair of role and SAML provider.`
        : `It sends no attribute ${roleAttribute}${nearly(roleAttribute, attributes)}.`
    return new AwsOidcError('ROLE_NOT_OFFERED', `"${provider}" offers no AWS role. ${instead}`, {
      hint: 'Ask whoever runs the provider for a role, or for that attribute.',
    })
  }
  const [what, pairs] =
    wanted.principalArn === undefined
      ? [wanted.arn, offered.map(({arn}) => arn)]
      : [`${wanted.arn} through ${wanted.principalArn}`, offered.map(keyOf)]
  const message = `"${provider}" does not offer the role ${what}. It offers ${named([...new Set(pairs)])}.`
  return new AwsOidcError('ROLE_NOT_OFFERED', message, {
    hint: 'Set "role" of the profile to one of these, or ask whoever runs the provider for that role.',
  })
}

/** A note if the attribute exists in another case, which is easily overlooked; otherwise an empty string. */
export function nearly(name: string, attributes: SamlAssertion['attributes']): string {
  const found = [...attributes.keys()].find(other => other.toLowerCase() === name.toLowerCase())
  return found === undefined || found === name ? '' : ` (but ${printable(found, 100)}: case counts)`
}

function named(all: readonly string[]): string {
  const few = all
    .slice(0, 5)
    .map(each => printable(each, 200))
    .join(', ')
  return all.length > 5 ? `${few} and ${all.length - 5} more` : few
}

function keyOf({arn, principalArn}: FederatedRole): string {
  return `${arn},${principalArn}`
}
