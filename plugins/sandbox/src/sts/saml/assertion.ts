import {namespaces} from '../../saml/names.ts'
import {invalidIdentityToken} from '../errors.ts'
import type {SamlTrust} from '../trust.ts'
import {readAttributes, type SamlAttributes} from './attributes.ts'
import {checkConditions, sessionEnd} from './conditions.ts'
import {childrenOf, textOf} from './elements.ts'
import {readResponse} from './response.ts'
import {signedAssertion} from './signature.ts'
import {readSubject, type SamlSubject} from './subject.ts'

/** The user a valid assertion is about, and the roles it grants. */
export interface AssertedIdentity extends SamlAttributes {
  readonly subject: SamlSubject
  readonly sessionEndsAt: Date | undefined
}

/** Verifies a response as STS does: form, signature, issuer, times, audience, subject, attributes. */
export function verifySamlAssertion(base64: string, {issuer, certificate}: SamlTrust, now: Date): AssertedIdentity {
  const response = readResponse(base64)
  const assertion = signedAssertion(response, certificate)
  const named = [response.root, assertion].flatMap(element => childrenOf(element, namespaces.assertion, 'Issuer'))
  const issuers = named.map(textOf)
  if (childrenOf(assertion, namespaces.assertion, 'Issuer').length !== 1 || issuers.some(name => name !== issuer)) {
    throw invalidIdentityToken('Issuer not present in specified provider')
  }
  checkConditions(assertion, now)
  const sessionEndsAt = sessionEnd(assertion, now)
  return {subject: readSubject(assertion, now), sessionEndsAt, ...readAttributes(assertion)}
}
