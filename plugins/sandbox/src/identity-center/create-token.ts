import {fingerprintOf} from '../journal.ts'
import type {JsonObject} from '../json.ts'
import type {Call} from './call.ts'
import {authorizationCode, type Client, deviceCode, refreshToken} from './clients.ts'
import {ServiceError} from './errors.ts'
import {requiredText} from './input.ts'
import type {PortalSession, Tokens} from './sessions.ts'

export function createToken(call: Call): JsonObject {
  const {input, notes, state} = call
  const [id, secret, grant] = ['clientId', 'clientSecret', 'grantType'].map(name => requiredText(input, name))
  const client = state.identityCenter.clients.authenticate(id ?? '', secret ?? '')
  const redeem = grants.get(grant ?? '')
  if (!redeem) throw new ServiceError('UnsupportedGrantTypeException', 'Unsupported grant type provided')
  if (!client.grants.includes(grant ?? '')) {
    throw new ServiceError('UnauthorizedClientException', 'The client is not registered for this grant')
  }
  const {user, tokens} = redeem(call, client)
  notes.user = user
  if (tokens.refreshToken !== undefined) notes.given = fingerprintOf(tokens.refreshToken)
  return {
    accessToken: tokens.accessToken,
    aws_sso_app_session_id: null,
    expiresIn: tokens.expiresIn,
    idToken: null,
    issuedTokenType: null,
    originSessionId: null,
    refreshToken: tokens.refreshToken ?? null,
    tokenType: 'Bearer',
  }
}

interface Granted {
  readonly user: string
  readonly tokens: Tokens
}

const grants: ReadonlyMap<string, (call: Call, client: Client) => Granted> = new Map([
  [authorizationCode, redeemCode],
  [deviceCode, redeemDeviceCode],
  [refreshToken, redeemRefreshToken],
])

function redeemCode(call: Call, client: Client): Granted {
  const {input, state} = call
  const redemption = {
    client,
    code: requiredText(input, 'code'),
    redirectUri: requiredText(input, 'redirectUri'),
    verifier: requiredText(input, 'codeVerifier'),
  }
  return granted(call, client, state.identityCenter.codes.redeem(redemption))
}

function redeemDeviceCode(call: Call, client: Client): Granted {
  const {input, state} = call
  return granted(call, client, state.identityCenter.devices.poll(requiredText(input, 'deviceCode'), client))
}

function redeemRefreshToken({input, notes, state}: Call, client: Client): Granted {
  const token = requiredText(input, 'refreshToken')
  notes.spent = fingerprintOf(token)
  return state.identityCenter.sessions.renew(token, client)
}

function granted({state}: Call, client: Client, session: PortalSession): Granted {
  const {sessions} = state.identityCenter
  if (!sessions.isLive(session)) throw new ServiceError('InvalidGrantException', 'Invalid grant provided')
  return {user: session.user, tokens: sessions.issue(session, client)}
}
