import {AwsOidcError} from '../errors.ts'

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
const longestAssertion = 100_000

/**
 * Decodes a SAML document from base64 or base64url, with or without padding. Throws BAD_RESPONSE for anything else,
 * AWS_REFUSED if it is longer than AWS accepts.
 */
export function decodeSaml(document: string): Buffer {
  const text = document.replace(/\s+/g, '')
  if (text === '' || text.length % 4 === 1 || !/^[\w+/-]*={0,2}$/.test(text)) throw unusable('it is not in base64')
  const bytes = Buffer.from(text, 'base64')
  encodeSaml(bytes)
  return bytes
}

/** Encodes a document as AWS wants it: standard base64, padded, in one line. Throws AWS_REFUSED if it is too long. */
export function encodeSaml(bytes: Buffer): string {
  const text = bytes.toString('base64')
  if (text.length <= longestAssertion) return text
  throw new AwsOidcError(
    'AWS_REFUSED',
    `The SAML response has ${text.length} characters; AWS accepts at most ${longestAssertion}.`,
    {hint: 'Have the provider put fewer attributes and roles into assertions for AWS.'},
  )
}

/** The error for a provider's SAML document that can't be sent to AWS. */
export function unusable(reason: string, hint = 'Tell whoever runs the provider.'): AwsOidcError {
  return new AwsOidcError('BAD_RESPONSE', `The provider's SAML document can't be used: ${reason}.`, {hint})
}
