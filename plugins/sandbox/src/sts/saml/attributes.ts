import type {Element} from '@xmldom/xmldom'
import {awsAttribute, namespaces} from '../../saml/names.ts'
import {invalidIdentityToken} from '../errors.ts'
import {childrenOf, textOf} from './elements.ts'

export interface SamlAttributes {
  readonly roleSessionName: string
  /** Each `role,provider` or `provider,role`. */
  readonly roles: readonly string[]
  readonly sessionSeconds: number | undefined
  /** Session tags or a source identity, which a role must allow separately. */
  readonly hasTags: boolean
}

const tagAttribute =
  /^https:\/\/aws\.amazon\.com\/SAML\/Attributes\/(PrincipalTag:.+|TransitiveTagKeys|SourceIdentity)$/

/** Reads the attributes that AWS uses. Their names are case-sensitive. */
export function readAttributes(assertion: Element): SamlAttributes {
  const statements = childrenOf(assertion, namespaces.assertion, 'AttributeStatement')
  const attributes = statements.flatMap(statement => childrenOf(statement, namespaces.assertion, 'Attribute'))
  const valuesOf = (name: string) =>
    attributes
      .filter(attribute => attribute.getAttribute('Name') === awsAttribute(name))
      .flatMap(attribute => childrenOf(attribute, namespaces.assertion, 'AttributeValue').map(textOf))
  return {
    roleSessionName: roleSessionName(valuesOf('RoleSessionName')),
    roles: valuesOf('Role'),
    sessionSeconds: sessionSeconds(valuesOf('SessionDuration')),
    hasTags: attributes.some(attribute => tagAttribute.test(attribute.getAttribute('Name') ?? '')),
  }
}

function roleSessionName(values: readonly string[]): string {
  const [name, ...more] = values
  if (name === undefined) throw invalidIdentityToken('RoleSessionName is required in AuthnResponse')
  if (more.length > 0 || !/^[\w+=,.@-]{2,64}$/.test(name)) {
    throw invalidIdentityToken('RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}')
  }
  return name
}

function sessionSeconds(values: readonly string[]): number | undefined {
  const [text, ...more] = values
  if (text === undefined) return undefined
  const seconds = /^\d+$/.test(text) ? Number(text) : 0
  if (more.length > 0 || seconds < 900 || seconds > 43_200) {
    throw invalidIdentityToken('SessionDuration in AuthnResponse must be an integer from 900 to 43200')
  }
  return seconds
}
