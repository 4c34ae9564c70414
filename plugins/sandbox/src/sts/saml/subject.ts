import type {Element} from '@xmldom/xmldom'
import {bearer, namespaces, unspecifiedNameId} from '../../saml/names.ts'
import {invalidIdentityToken} from '../errors.ts'
import {expired} from './conditions.ts'
import {onlyChild, textOf, timeIn} from './elements.ts'

export interface SamlSubject {
  /** Empty without a NameID, for which AWS checks last. */
  readonly name: string
  readonly type: string
  /** The value of the condition key `saml:aud`. */
  readonly recipient: string
}

// Those of the partition `aws`. AWS also has one per provider, for encrypted assertions.
const signInEndpoint = /^https:\/\/(?:[a-z]{2,4}(?:-[a-z]+)+-\d\.)?signin\.aws\.amazon\.com\/saml$/

/** Throws unless the subject has exactly one bearer confirmation, unexpired and for a sign-in endpoint of AWS. */
export function readSubject(assertion: Element, now: Date): SamlSubject {
  const subject = onlyChild(assertion, namespaces.assertion, 'Subject')
  const confirmation = onlyChild(subject, namespaces.assertion, 'SubjectConfirmation')
  if (confirmation?.getAttribute('Method') !== bearer) {
    throw invalidIdentityToken('Response must contain exactly one bearer SubjectConfirmation')
  }
  const data = onlyChild(confirmation, namespaces.assertion, 'SubjectConfirmationData')
  const recipient = data?.getAttribute('Recipient')
  const ends = timeIn(data, 'NotOnOrAfter')
  // The spelling is AWS's.
  if (!recipient || !ends) {
    throw invalidIdentityToken('Responses must contain SubjectConfirmatonData with a Recipient and NotOnOrAfter')
  }
  if (ends <= now) throw expired()
  if (!signInEndpoint.test(recipient)) {
    throw invalidIdentityToken('The Recipient of the Response is not a sign-in endpoint of AWS')
  }
  const nameId = onlyChild(subject, namespaces.assertion, 'NameID')
  return {name: textOf(nameId), type: typeOf(nameId), recipient}
}

/** The NameID's format, from which AWS strips the prefix of SAML 2.0 and no other. */
function typeOf(nameId: Element | undefined): string {
  const format = nameId?.getAttribute('Format') || unspecifiedNameId
  return format.replace(/^urn:oasis:names:tc:SAML:2\.0:nameid-format:/, '')
}
