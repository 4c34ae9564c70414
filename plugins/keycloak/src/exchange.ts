import type {GrantAnswer, Host, OidcClient, ProviderRefusal} from 'aws-oidc/plugin'
import {meaningAtExchange, quoted} from './refusals.ts'
import type {KeycloakSettings} from './settings.ts'
import {type SignedIn, signInAt} from './tokens.ts'

export interface Exchanged {
  /** The assertion alone, in base64url. */
  readonly document: string
  readonly signedIn: SignedIn
  /** Until when AWS accepts the assertion. */
  readonly until: Date
}

/**
 * Gets an assertion for the tokens of a sign-in, by the legacy token exchange. Keycloak may have ended the session of
 * remembered tokens, so if it calls such a token invalid, retries once with fresh ones.
 */
export async function exchanged(signedIn: SignedIn, settings: KeycloakSettings, host: Host): Promise<Exchanged> {
  const {client, tokens} = signedIn
  const asked = host.now()
  const answer = await exchange(client, tokens.accessToken, settings, host)
  if (answer.status === 200) return {...read(answer, asked, host), signedIn}
  const refusal = refusalOf(answer)
  if (tokens.remembered && refusal.description === 'Invalid token') {
    return exchanged(await signInAt(settings, host, true), settings, host)
  }
  throw refused(refusal, settings, host)
}

/** Another assertion for the same user, renewing the tokens if necessary. Rejects if another user has signed in. */
export async function exchangedAgain(earlier: Exchanged, settings: KeycloakSettings, host: Host): Promise<Exchanged> {
  const again = await exchanged(await signInAt(settings, host), settings, host)
  if (again.signedIn.tokens.claims.sub === earlier.signedIn.tokens.claims.sub) return again
  throw host.error('SIGN_IN_REFUSED', 'Another user has signed in meanwhile.', {hint: 'aws-oidc login'})
}

const tokenType = 'urn:ietf:params:oauth:token-type:'

/** RFC 8693, 2.1. Keycloak's legacy exchange wants the access token of this same client. */
function exchange(
  client: OidcClient,
  accessToken: string,
  {audience}: KeycloakSettings,
  host: Host,
): Promise<GrantAnswer> {
  return host.grant(client, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: accessToken,
    subject_token_type: `${tokenType}access_token`,
    requested_token_type: `${tokenType}saml2`,
    audience,
  })
}

// AWS accepts an assertion within five minutes of its issuance; Keycloak's default lifetime is one minute.
const redeemableSeconds = 300
const usualLifeSeconds = 60
const marginSeconds = 15

function read({body}: GrantAnswer, asked: Date, host: Host): {readonly document: string; readonly until: Date} {
  const {access_token: document, issued_token_type: issued, expires_in: life} = body
  if (issued !== `${tokenType}saml2` || typeof document !== 'string') {
    throw host.error('BAD_RESPONSE', 'Keycloak gave something else instead of a SAML assertion.', {
      hint: 'Check "audience" of the provider: it must name a SAML client.',
    })
  }
  const seconds = Math.min(redeemableSeconds, typeof life === 'number' ? life : usualLifeSeconds) - marginSeconds
  return {document, until: new Date(asked.getTime() + seconds * 1000)}
}

function refused(refusal: ProviderRefusal, settings: KeycloakSettings, host: Host): Error {
  const {message: meaning, hint} = meaningAtExchange(refusal, settings) ?? {
    message: '',
    hint: 'Check the log of Keycloak.',
  }
  const message = `Keycloak gave no SAML assertion for ${settings.audience}: ${quoted(refusal)}. ${meaning}`
  return host.error('SIGN_IN_REFUSED', message.trim(), {hint})
}

function refusalOf({status, body: {error, error_description: description}}: GrantAnswer): ProviderRefusal {
  return {
    error: typeof error === 'string' ? error.slice(0, 80) : `HTTP ${status}`,
    ...(typeof description === 'string' && {description: description.slice(0, 300)}),
  }
}
