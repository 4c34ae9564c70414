import type {FederationStrategy, GrantAnswer, Host, TokenSet} from '../plugin.ts'
import {exchangeRefused, mayBeTheToken} from './exchange-refusals.ts'
import {
  authenticationSetting,
  type ClientSettings,
  clientOf,
  clientSettings,
  idTokenOf,
  signOutOf,
  userOf,
} from './openid.ts'

export interface Saml2Settings extends ClientSettings {
  /** How to get the assertion. So far there is one way. */
  readonly via: 'token-exchange'
  readonly audience: string
  readonly subjectTokenType: 'access_token' | 'id_token'
}

/** Exchanges a token of the sign-in for a SAML assertion (RFC 8693), which AWS gets (AssumeRoleWithSAML). */
export const saml2: FederationStrategy<Saml2Settings> = {
  settings: {
    via: {type: 'string', description: 'how to get the assertion', required: true, oneOf: ['token-exchange']},
    ...clientSettings,
    audience: {
      type: 'string',
      description: 'the entity ID of the SAML client for AWS at the provider',
      default: 'urn:amazon:webservices',
    },
    subjectTokenType: {
      type: 'string',
      description: 'which token of the sign-in to exchange',
      oneOf: ['access_token', 'id_token'],
      default: 'access_token',
    },
    ...authenticationSetting,
  },

  issuer: ({issuer}) => issuer,

  async signIn(settings, host) {
    const first = await exchangeAnew(await host.tokens(clientOf(settings)), settings, host)
    let latest = first
    const document = async () => {
      if (latest.until <= host.now()) latest = await exchangeAgain(first.tokens, settings, host)
      return latest.document
    }
    return {
      ...userOf(first.tokens),
      roles: async () => host.rolesIn(await document()),
      proofFor: async () => ({kind: 'saml', document: await document()}),
    }
  },

  signOut: (settings, host, options) => signOutOf(clientOf(settings), host, options),
}

interface Exchanged {
  readonly document: string
  /** The tokens that were exchanged. */
  readonly tokens: TokenSet
  /** Until when AWS accepts the assertion, also for several roles in turn. */
  readonly until: Date
}

/** Exchanges the tokens. The provider may have ended remembered ones, so if refused, retries once with fresh tokens. */
async function exchangeAnew(tokens: TokenSet, settings: Saml2Settings, host: Host): Promise<Exchanged> {
  const asked = host.now()
  const answer = await exchange(tokens, settings, host)
  if (answer.status === 200) return exchanged(answer, tokens, asked, host)
  if (!tokens.remembered || !mayBeTheToken(answer)) throw exchangeRefused(answer, settings, host)
  return exchangeAnew(await host.tokens(clientOf(settings), {fresh: true}), settings, host)
}

/** Another assertion for the same user, renewing the tokens if necessary. Rejects if another user has signed in. */
async function exchangeAgain(earlier: TokenSet, settings: Saml2Settings, host: Host): Promise<Exchanged> {
  const again = await exchangeAnew(await host.tokens(clientOf(settings)), settings, host)
  if (again.tokens.claims.sub === earlier.claims.sub) return again
  throw host.error('SIGN_IN_REFUSED', 'Another user has signed in meanwhile.', {hint: 'aws-oidc login'})
}

const tokenType = 'urn:ietf:params:oauth:token-type:'

/** https://www.rfc-editor.org/rfc/rfc8693#section-2.1 */
function exchange(tokens: TokenSet, settings: Saml2Settings, host: Host): Promise<GrantAnswer> {
  const {audience, subjectTokenType} = settings
  const subject = subjectTokenType === 'id_token' ? idTokenOf(tokens, 'is to be exchanged', host) : tokens.accessToken
  return host.grant(clientOf(settings), {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: subject,
    subject_token_type: tokenType + subjectTokenType,
    requested_token_type: `${tokenType}saml2`,
    audience,
  })
}

// AWS accepts an assertion within five minutes of its issuance, and before it expires.
const redeemableSeconds = 300
const unknownLifeSeconds = 60
const marginSeconds = 15

function exchanged({body}: GrantAnswer, tokens: TokenSet, asked: Date, host: Host): Exchanged {
  const {access_token: document, issued_token_type: issued, expires_in: life} = body
  if (issued !== `${tokenType}saml2` || typeof document !== 'string') {
    const given = typeof issued === 'string' ? `a token of the type ${issued.slice(0, 100)}` : 'something else'
    throw host.error('BAD_RESPONSE', `The provider gave ${given} instead of a SAML assertion.`, {
      hint: 'Have the provider exchange tokens for SAML 2.0 assertions (RFC 8693), or use the strategy "oidc".',
    })
  }
  const seconds = Math.min(redeemableSeconds, typeof life === 'number' ? life : unknownLifeSeconds) - marginSeconds
  return {document, tokens, until: new Date(asked.getTime() + seconds * 1000)}
}
