import type {JsonObject} from '../json.ts'
import type {Call} from './call.ts'
import {authorizationCode, type ClientMetadata, deviceCode, refreshToken} from './clients.ts'
import {invalidRequest, ServiceError} from './errors.ts'
import {requiredText, textIn, textsIn} from './input.ts'
import {isStartUrl} from './instance.ts'

export function registerClient({input, state}: Call): JsonObject {
  const {clients, settings} = state.identityCenter
  const client = clients.register(readMetadata(input), settings.registrationSeconds)
  return {
    authorizationEndpoint: null,
    clientId: client.id,
    clientIdIssuedAt: state.clock.epochSeconds(),
    clientSecret: client.secret,
    clientSecretExpiresAt: Math.floor(client.expiresAt / 1000),
    tokenEndpoint: null,
  }
}

function readMetadata(input: JsonObject): ClientMetadata {
  const name = requiredText(input, 'clientName')
  if (requiredText(input, 'clientType') !== 'public') {
    throw new ServiceError('InvalidClientMetadataException', 'Only the client type public is supported')
  }
  const scopes = textsIn(input, 'scopes')
  if (!scopes.every(isKnownScope)) throw new ServiceError('InvalidScopeException', 'Invalid scope provided')
  const grants = readGrants(input)
  const issuer = textIn(input, 'issuerUrl')
  if (issuer !== undefined && !isStartUrl(issuer)) {
    throw new ServiceError('InvalidClientMetadataException', 'Invalid issuer url provided')
  }
  const redirectUris = textsIn(input, 'redirectUris')
  if (!redirectUris.every(isLoopback)) {
    throw new ServiceError('InvalidRedirectUriException', 'Invalid redirect uri provided')
  }
  if (grants.includes(authorizationCode)) {
    if (redirectUris.length === 0) throw invalidRequest('redirectUris is required for authorization_code.')
    if (issuer === undefined) throw invalidRequest('issuerUrl is required for authorization_code.')
  }
  return {name, scopes, grants, redirectUris}
}

/** Of a client that names no grants, as older ones don't, those of the device flow. */
function readGrants(input: JsonObject): readonly string[] {
  const grants = textsIn(input, 'grantTypes')
  if (grants.length === 0) return [deviceCode, refreshToken]
  if (!grants.every(grant => [authorizationCode, deviceCode, refreshToken].includes(grant))) {
    throw new ServiceError('UnsupportedGrantTypeException', 'Unsupported grant type provided')
  }
  if (grants.includes(authorizationCode) && grants.includes(deviceCode)) {
    throw new ServiceError('InternalServerException', 'An internal error occurred')
  }
  return grants
}

function isKnownScope(scope: string): boolean {
  return /^(sso:account:access|codewhisperer:\w+|openid)$/.test(scope)
}

function isLoopback(text: string): boolean {
  const uri = URL.parse(text)
  return uri?.protocol === 'http:' && uri.hostname === '127.0.0.1' && uri.pathname === '/oauth/callback'
}
