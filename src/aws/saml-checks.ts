import {AwsOidcError, printable} from '../errors.ts'
import type {SamlAssertion} from './saml-document.ts'
import {nearly} from './saml-roles.ts'
import type {ProofAdvice} from './sts-failure.ts'

/** What we can tell about an assertion before asking AWS. */
export interface AssertionAdvice extends ProofAdvice {
  /** Remaining seconds of the provider's session, which limit what AWS issues. Absent if the assertion doesn't say. */
  readonly sessionSeconds: number | undefined
}

const redeemableMilliseconds = 5 * 60_000
// Tolerance for clock errors and for the time a request takes; beyond it AWS is certain to refuse.
const toleratedMilliseconds = 5_000
const toleratedAheadMilliseconds = 60_000

/**
 * Predicts a refusal by STS and explains it better. Throws BAD_RESPONSE if a new assertion may be accepted, AWS_REFUSED
 * if the provider must be set up differently. `now` is the time by AWS's clock, as far as it is known. For an emulator,
 * unusual addresses are only doubts.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
 */
export function inspectAssertion(
  assertion: SamlAssertion,
  now: Date,
  endpoint: {readonly aws: boolean},
): AssertionAdvice {
  checkSetUp(assertion)
  checkTimes(assertion, now)
  const doubts = addressDoubts(assertion)
  const [doubt] = doubts
  if (doubt && endpoint.aws) throw refused(doubt.what, doubt.hint)
  const end = assertion.sessionEnd
  return {
    doubts: doubts.map(({what}) => what),
    says: ['The SAML assertion that AWS refused says:', ...comparedIn(assertion)],
    sessionSeconds: end && Math.floor((end.getTime() - now.getTime()) / 1000),
  }
}

/** The values under the names of IAM's condition keys, where `SAML:aud` is the assertion's recipient. */
function comparedIn({issuer, confirmations, nameId}: SamlAssertion): readonly string[] {
  const rows = [
    ['SAML:iss', issuer],
    ['SAML:aud', confirmations[0]?.recipient],
    ['SAML:sub', nameId],
  ] as const
  return rows.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name}  ${printable(text, 200)}`]))
}

function checkTimes({issuedAt, notBefore, notOnOrAfter, confirmations}: SamlAssertion, now: Date): void {
  if (!issuedAt) throw refused('The SAML assertion does not say when it was issued (IssueInstant).')
  const age = now.getTime() - issuedAt.getTime()
  if (age > redeemableMilliseconds + toleratedMilliseconds) {
    const minutes = Math.round(age / 60_000)
    throw untimely(`was issued ${minutes} min ago; AWS accepts it for 5 min`)
  }
  if (notBefore && notBefore.getTime() - now.getTime() > toleratedAheadMilliseconds) {
    throw untimely(`is not valid before ${notBefore.toISOString()}, and it is now ${now.toISOString()}`)
  }
  for (const end of [notOnOrAfter, ...confirmations.map(confirmation => confirmation.end)]) {
    if (end && now.getTime() - end.getTime() > toleratedMilliseconds) {
      throw untimely(`expired at ${end.toISOString()}, and it is now ${now.toISOString()}`)
    }
  }
}

const sessionNameAttribute = 'https://aws.amazon.com/SAML/Attributes/RoleSessionName'

function checkSetUp({signed, nameId, confirmations, attributes}: SamlAssertion): void {
  if (!signed) {
    throw refused(
      'The SAML assertion is not signed.',
      'Have the provider sign assertions: a signature of its response does not reach AWS if it returns the assertion alone.',
    )
  }
  if (nameId === undefined) throw refused('The SAML assertion has no NameID.')
  const [confirmation, ...others] = confirmations
  if (!confirmation?.recipient || !confirmation.end || others.length > 0) {
    throw refused('The SAML assertion must have one SubjectConfirmationData, with Recipient and NotOnOrAfter.')
  }
  const names = attributes.get(sessionNameAttribute)
  if (!names) {
    throw refused(
      `The SAML assertion has no attribute ${sessionNameAttribute}${nearly(sessionNameAttribute, attributes)}.`,
      'Have the provider send it; the user name or e-mail address will do.',
    )
  }
  if (names.length !== 1 || !/^[\w+=,.@-]{2,64}$/.test(names[0] ?? '')) {
    throw refused(
      `The RoleSessionName of the SAML assertion is "${printable(names.join('", "'), 100)}"; AWS accepts one name of 2 to 64 letters, digits and _+=,.@-.`,
      'Have the provider send something else, such as the e-mail address.',
    )
  }
}

// Each partition has its own addresses, and regions may:
// https://docs.aws.amazon.com/general/latest/gr/signin-service.html
const signInAddress = /^https:\/\/([a-z0-9-]+\.)?signin\.[a-z0-9.-]+\/saml(\/acs\/[^/?#]+)?$/
const awsAudience = /^urn:amazon:webservices(:[a-z0-9-]+)?$/

function addressDoubts({confirmations, audiences}: SamlAssertion): readonly {what: string; hint: string}[] {
  const doubts: {what: string; hint: string}[] = []
  const recipient = confirmations[0]?.recipient ?? ''
  if (!signInAddress.test(recipient)) {
    doubts.push({
      what: `The SAML assertion is meant for ${printable(recipient, 100)} (Recipient), which is not a sign-in address of AWS.`,
      hint: 'Set the assertion consumer service URL at the provider to https://signin.aws.amazon.com/saml.',
    })
  }
  if (!audiences.some(audience => awsAudience.test(audience) || signInAddress.test(audience))) {
    const given = audiences.length === 0 ? 'no audience' : `the audience ${printable(audiences.join(', '), 100)}`
    doubts.push({
      what: `The SAML assertion has ${given}; AWS expects urn:amazon:webservices.`,
      hint: 'Give the SAML client at the provider the entity ID urn:amazon:webservices.',
    })
  }
  return doubts
}

function refused(message: string, hint = 'Compare the SAML client at the provider with what AWS asks for.') {
  return new AwsOidcError('AWS_REFUSED', message, {hint})
}

function untimely(problem: string): AwsOidcError {
  return new AwsOidcError('BAD_RESPONSE', `The provider gave a SAML assertion that ${problem}.`, {
    hint: 'the same command again; if that fails too, check the clocks here and at the provider, and how long its assertions live',
  })
}
