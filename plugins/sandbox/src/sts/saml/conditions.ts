import type {Element} from '@xmldom/xmldom'
import {awsSignIn} from '../../account.ts'
import {awsAudience, namespaces} from '../../saml/names.ts'
import {invalidIdentityToken, StsError} from '../errors.ts'
import {childrenOf, onlyChild, textOf, timeIn} from './elements.ts'

const redeemSeconds = 300

/** Throws for an assertion that is not valid now or is for another audience. */
export function checkConditions(assertion: Element, now: Date): void {
  const conditions = onlyChild(assertion, namespaces.assertion, 'Conditions')
  const begins = timeIn(conditions, 'NotBefore')
  const ends = timeIn(conditions, 'NotOnOrAfter')
  if (begins && begins > now) throw invalidIdentityToken('Response is not valid yet')
  if (ends && ends <= now) throw expired()
  checkAge(assertion, now)
  const restrictions = conditions ? childrenOf(conditions, namespaces.assertion, 'AudienceRestriction') : []
  // Each restriction has to be met, by any of its audiences (SAML Core 2.5.1.4).
  if (restrictions.length === 0 || !restrictions.every(isForAws)) {
    throw invalidIdentityToken('Response does not contain the required audience')
  }
}

/** When the provider wants the session to end, if it says so. */
export function sessionEnd(assertion: Element, now: Date): Date | undefined {
  const ends = childrenOf(assertion, namespaces.assertion, 'AuthnStatement').flatMap(
    statement => timeIn(statement, 'SessionNotOnOrAfter') ?? [],
  )
  const [first] = ends.sort((left, right) => left.getTime() - right.getTime())
  if (first && first <= now) throw expired()
  return first
}

export function expired(): StsError {
  return new StsError('ExpiredTokenException', 'Response has expired')
}

function checkAge(assertion: Element, now: Date): void {
  const issued = timeIn(assertion, 'IssueInstant')
  if (!issued) throw invalidIdentityToken('The assertion has no IssueInstant')
  if (now.getTime() - issued.getTime() > redeemSeconds * 1000) {
    throw new StsError('ExpiredTokenException', 'Token must be redeemed within 5 minutes of issuance')
  }
}

function isForAws(restriction: Element): boolean {
  const audiences = childrenOf(restriction, namespaces.assertion, 'Audience').map(textOf)
  return audiences.includes(awsAudience) || audiences.includes(awsSignIn)
}
