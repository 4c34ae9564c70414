import {randomUUID} from 'node:crypto'
import {awsSignIn, roleArn, samlProviderArn, samlProviderName, type User} from '../account.ts'
import {accessTokenSeconds} from '../openid/access-token.ts'
import {element, escapeXml} from '../xml-text.ts'
import {awsAttribute, awsAudience, bearer, namespaces, unspecifiedNameId} from './names.ts'
import type {DocumentOrder, Droppable, SamlChange} from './order.ts'

export interface AssertionRequest {
  readonly user: User
  readonly order: DocumentOrder
  readonly issuer: string
  readonly now: Date
}

export interface UnsignedAssertion {
  readonly id: string
  /** The XML, with or without a declaration of the prefix `saml`, which a surrounding Response can declare instead. */
  xml(declaration: 'declared' | 'undeclared'): string
}

const sessionSeconds = 10 * 3600
/** Like Keycloak, starts every validity period this long ago. */
const headStartSeconds = 2

/** An unsigned assertion in Keycloak's form. */
export function assertionFor(request: AssertionRequest): UnsignedAssertion {
  const {change} = request.order
  const id = `ID_${randomUUID()}`
  const issued = timeIn(request, -(change.issueInstantSecondsAgo ?? 0))
  const parts = [
    ...kept('Issuer', change, element('saml:Issuer', {}, value('Issuer', request.issuer, change))),
    subject(request),
    ...kept('Conditions', change, conditions(request)),
    ...kept('AuthnStatement', change, authnStatement(request)),
    attributeStatement(request),
  ]
  const own = {ID: id, IssueInstant: issued, Version: '2.0'}
  const declared = {'xmlns:saml': namespaces.assertion, xmlns: namespaces.assertion}
  return {
    id,
    xml: declaration => element('saml:Assertion', declaration === 'declared' ? {...declared, ...own} : own, ...parts),
  }
}

function subject(request: AssertionRequest): string {
  const {user, order} = request
  const {change} = order
  const data = {
    NotOnOrAfter: unlessDropped('NotOnOrAfter', change, timeIn(request, accessTokenSeconds - headStartSeconds)),
    Recipient: unlessDropped('Recipient', change, change.recipient ?? awsSignIn),
  }
  const format = change.nameIdFormat ?? unspecifiedNameId
  const nameId = element('saml:NameID', {Format: format}, value('NameID', user.name, change))
  const confirmation = element(
    'saml:SubjectConfirmation',
    {Method: bearer},
    element('saml:SubjectConfirmationData', data),
  )
  return element(
    'saml:Subject',
    {},
    ...kept('NameID', change, nameId),
    ...kept('SubjectConfirmation', change, confirmation),
  )
}

function conditions(request: AssertionRequest): string {
  const {lifetimeSeconds, change} = request.order
  const span = {
    NotBefore: timeIn(request, -headStartSeconds),
    NotOnOrAfter: timeIn(request, lifetimeSeconds - headStartSeconds),
  }
  const audience = element('saml:Audience', {}, value('Audience', change.audience ?? awsAudience, change))
  return element(
    'saml:Conditions',
    span,
    ...kept('AudienceRestriction', change, element('saml:AudienceRestriction', {}, audience)),
  )
}

function authnStatement(request: AssertionRequest): string {
  const attributes = {
    AuthnInstant: timeIn(request, 0),
    SessionIndex: randomUUID(),
    SessionNotOnOrAfter: timeIn(request, request.order.change.sessionNotOnOrAfterSeconds ?? sessionSeconds),
  }
  const reference = 'urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified'
  const context = element('saml:AuthnContext', {}, element('saml:AuthnContextClassRef', {}, reference))
  return element('saml:AuthnStatement', attributes, context)
}

function attributeStatement({user, order}: AssertionRequest): string {
  const {change, pairOrder} = order
  const roles = [...(user.roles ?? []).map(name => pair(name, pairOrder)), ...(change.extraRoles ?? [])]
  const usual = {Role: roles, RoleSessionName: [user.name], SessionDuration: ['28800']}
  const ordered = Object.entries({...usual, ...change.attributes})
  // A user without roles gets no Role attribute at all.
  const written = ordered.filter(([name, values]) => values?.length && !change.drop?.some(dropped => dropped === name))
  return element(
    'saml:AttributeStatement',
    {},
    ...written.map(([name, values]) => attribute(name, values ?? [], change)),
  )
}

function attribute(name: string, values: readonly string[], change: SamlChange): string {
  const basic = 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic'
  const schema = {
    'xmlns:xs': 'http://www.w3.org/2001/XMLSchema',
    'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
    'xsi:type': 'xs:string',
  }
  const content = values.map(text => element('saml:AttributeValue', schema, value(name, text, change)))
  return element('saml:Attribute', {Name: awsAttribute(name), NameFormat: basic}, ...content)
}

function pair(role: string, order: DocumentOrder['pairOrder']): string {
  const arns = [roleArn(role), samlProviderArn(samlProviderName)]
  return (order === 'role-first' ? arns : arns.reverse()).join(',')
}

function timeIn({now}: AssertionRequest, seconds: number): string {
  return new Date(now.getTime() + seconds * 1000).toISOString()
}

function kept(name: Droppable, change: SamlChange, xml: string): readonly string[] {
  return change.drop?.includes(name) ? [] : [xml]
}

function unlessDropped(name: Droppable, change: SamlChange, text: string): string | undefined {
  return change.drop?.includes(name) ? undefined : text
}

/** The text of an element, with a comment in the middle if ordered. */
function value(name: string, text: string, {commentIn}: SamlChange): string {
  const middle = Math.ceil(text.length / 2)
  return name === commentIn
    ? `${escapeXml(text.slice(0, middle))}<!-- a comment -->${escapeXml(text.slice(middle))}`
    : escapeXml(text)
}
