import type {GrantAnswer, Host} from '../plugin.ts'

interface Meaning {
  readonly usually: string
  readonly hint: string
}

const denied: Meaning = {
  usually: 'The client may not exchange tokens for this audience.',
  hint: 'Have the provider let the client exchange its tokens for that audience.',
}

// RFC 8693, 2.2.2 and RFC 6749, 5.2
const meanings: ReadonlyMap<string, Meaning> = new Map([
  ['access_denied', denied],
  ['unauthorized_client', denied],
  [
    'invalid_client',
    {
      usually: 'The provider does not know the client, its secret or the audience.',
      hint: 'Check "clientId", "clientSecret" and "audience" of the provider; if all are right, try "clientAuthentication: post" or basic.',
    },
  ],
  [
    'invalid_target',
    {
      usually: 'The provider does not know the audience, or issues no tokens for it.',
      hint: 'Check "audience" of the provider: it is the entity ID of the SAML client for AWS there.',
    },
  ],
  [
    'invalid_request',
    {
      usually: 'It does not accept this token, or does not exchange tokens for SAML assertions.',
      hint: 'Check "subjectTokenType" of the provider, and whether it exchanges tokens for SAML 2.0 assertions.',
    },
  ],
  ['invalid_grant', {usually: 'It no longer accepts this token.', hint: 'aws-oidc login --force'}],
  [
    'unsupported_grant_type',
    {
      usually: 'It does not support token exchange (RFC 8693), or has it turned off.',
      hint: 'Have token exchange turned on, or use the strategy "oidc".',
    },
  ],
])

/** Whether the exchanged token may be the reason, for which RFC 8693 has no code of its own. */
export function mayBeTheToken({body: {error}}: GrantAnswer): boolean {
  return error === 'invalid_request' || error === 'invalid_grant' || error === 'invalid_token'
}

/** The error for a refused exchange: what the provider said, and what that usually means. */
export function exchangeRefused(
  {status, body}: GrantAnswer,
  {audience}: {readonly audience: string},
  host: Host,
): Error {
  const [code, description] = [textOf(body.error), textOf(body.error_description)]
  const said = code && description ? `${code} (${description})` : code || `HTTP ${status}`
  const {usually, hint} = meanings.get(code) ?? {usually: '', hint: 'Ask whoever runs the provider.'}
  const message = `The provider gave no SAML assertion for ${audience}: ${said}. ${usually}`
  return host.error('SIGN_IN_REFUSED', message.trim(), {hint})
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 300) : ''
}
