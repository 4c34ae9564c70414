import {type Call, Redirect} from './call.ts'
import {authorizationCode, type Clients} from './clients.ts'
import type {AuthorizationRequest} from './codes.ts'
import {invalidRequest, ServiceError} from './errors.ts'

/** The authorization endpoint, which no model describes: takes note of the request and sends the browser to sign in. */
export function authorize({query, state}: Call): Redirect {
  const {pages, visits} = state.identityCenter
  const request = readRequest(query, state.identityCenter.clients)
  return new Redirect(`${pages}/visits/${visits.begin({request})}`)
}

function readRequest(query: URLSearchParams, clients: Clients) {
  const client = clients.find(query.get('client_id') ?? '')
  if (!client) throw invalidRequest('Invalid client provided')
  if (!client.grants.includes(authorizationCode)) {
    throw new ServiceError(
      'UnauthorizedClientException',
      'The client is not registered for the authorization code grant',
    )
  }
  const redirectUri = query.get('redirect_uri') ?? ''
  if (!client.redirectUris.some(registered => matches(registered, redirectUri))) {
    throw new ServiceError('InvalidRedirectUriException', 'Invalid redirect uri provided')
  }
  if (query.get('response_type') !== 'code') throw invalidRequest('response_type must be code.')
  const challenge = query.get('code_challenge') ?? ''
  if (query.get('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(challenge)) {
    throw invalidRequest('A code_challenge of the method S256 is required.')
  }
  const scopes = query.get('scopes')?.split(' ') ?? []
  if (scopes.length === 0) throw invalidRequest('scopes is required.')
  if (!scopes.every(scope => client.scopes.includes(scope))) {
    throw new ServiceError('InvalidScopeException', 'Invalid scope provided')
  }
  return {client, redirectUri, challenge, state: query.get('state')} satisfies AuthorizationRequest
}

/** A redirect URI that was registered without a port is good for any (RFC 8252, 7.3). */
function matches(registered: string, requested: string): boolean {
  const [expected, actual] = [URL.parse(registered), URL.parse(requested)]
  if (!expected || !actual) return false
  if (expected.port === '') actual.port = ''
  return expected.href === actual.href
}
