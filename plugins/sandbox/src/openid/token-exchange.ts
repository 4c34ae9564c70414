import type {KoaContextWithOIDC as Context, Provider} from 'oidc-provider'
import {samlDocument} from '../saml/document.ts'
import {awsAudience} from '../saml/names.ts'
import type {SandboxState} from '../state.ts'
import {accessTokenSeconds} from './access-token.ts'
import {signClaims} from './id-token.ts'
import {readSubjectToken, type Subject} from './subject-token.ts'

export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const tokenType = 'urn:ietf:params:oauth:token-type:'

/** A refusal in Keycloak's words. */
class Refused extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Token exchange (RFC 8693) like Keycloak's legacy version, the only one that gives SAML assertions. */
export function addTokenExchange(provider: Provider, state: SandboxState): void {
  const answer = async (context: Context): Promise<void> => {
    try {
      context.body = await exchange(context, {provider, state})
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      context.status = error.status
      context.body = {error: error.code, error_description: error.message}
    }
  }
  const parameters = ['subject_token', 'subject_token_type', 'requested_token_type', 'audience']
  provider.registerGrantType(tokenExchangeGrant, answer, parameters, ['audience'])
}

interface Dependencies {
  readonly provider: Provider
  readonly state: SandboxState
}

async function exchange({oidc}: Context, deps: Dependencies): Promise<Readonly<Record<string, unknown>>> {
  const {state} = deps
  if (state.saml.order.exchange === 'off') {
    throw new Refused(400, 'invalid_request', 'Standard token exchange is not enabled for the requested client')
  }
  const parameters = oidc.params ?? {}
  const subject = await subjectOf(parameters, deps)
  const wanted = parameters.requested_token_type
  if (wanted !== undefined && wanted !== `${tokenType}saml2` && wanted !== `${tokenType}access_token`) {
    throw new Refused(400, 'invalid_request', 'requested_token_type unsupported')
  }
  checkAudience([parameters.audience ?? []].flat())
  if (subject.clientId !== oidc.client?.clientId) throw notTheHolder()
  if (state.saml.order.exchange === 'not-permitted') {
    throw new Refused(403, 'access_denied', 'Client not allowed to exchange')
  }
  return wanted === `${tokenType}saml2` ? assertionAnswer(subject, state) : accessTokenAnswer(subject, state)
}

async function subjectOf(parameters: Readonly<Record<string, unknown>>, deps: Dependencies): Promise<Subject> {
  const {subject_token: token, subject_token_type: type = `${tokenType}access_token`} = parameters
  if (typeof token !== 'string') throw notTheHolder()
  const readable = deps.state.saml.order.subjectTokenTypes.find(name => type === tokenType + name)
  if (!readable) throw new Refused(400, 'invalid_request', 'Invalid token type, must be access token')
  const subject = await readSubjectToken(token, readable, deps)
  if (!subject) throw new Refused(400, 'invalid_request', 'Invalid token')
  return subject
}

/** All audiences must be known. */
function checkAudience(audiences: readonly unknown[]): void {
  if (audiences.length === 0) {
    throw new Refused(400, 'invalid_client', 'Client requires assertion consumer url set up')
  }
  if (audiences.some(audience => audience !== awsAudience))
    throw new Refused(400, 'invalid_client', 'Audience not found')
}

function notTheHolder(): Refused {
  return new Refused(403, 'access_denied', 'Client is not the holder of the token')
}

async function assertionAnswer({user}: Subject, {saml, clock}: SandboxState) {
  const document = await samlDocument(user, saml.order, {...saml, clock})
  return answerWith(document, 'saml2', saml.order.lifetimeSeconds)
}

/** The answer to a request that does not ask for SAML. */
async function accessTokenAnswer({user, clientId}: Subject, {issuer, clock, keys}: SandboxState) {
  const now = clock.epochSeconds()
  const times = {iat: now, exp: now + accessTokenSeconds}
  const claims = {iss: issuer, aud: awsAudience, sub: user.name, azp: clientId, typ: 'Bearer', ...times}
  return answerWith(await signClaims(claims, {}, keys), 'access_token', accessTokenSeconds)
}

function answerWith(token: string, issued: 'saml2' | 'access_token', seconds: number) {
  return {
    access_token: token,
    expires_in: seconds,
    refresh_expires_in: 0,
    token_type: 'Bearer',
    'not-before-policy': 0,
    issued_token_type: tokenType + issued,
  }
}
