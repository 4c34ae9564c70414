import {authorize} from './authorize.ts'
import {createToken} from './create-token.ts'
import {registerClient} from './register-client.ts'
import type {Service} from './serve.ts'
import {startDeviceAuthorization} from './start-device-authorization.ts'

/** The exceptions of AWS's model: what the body calls each, and its status where that isn't 400. */
const exceptions: ReadonlyMap<string, readonly [error: string, status?: number]> = new Map([
  ['AccessDeniedException', ['access_denied']],
  ['AuthorizationPendingException', ['authorization_pending']],
  ['ExpiredTokenException', ['expired_token']],
  ['InternalServerException', ['server_error', 500]],
  ['InvalidClientException', ['invalid_client', 401]],
  ['InvalidClientMetadataException', ['invalid_client_metadata']],
  ['InvalidGrantException', ['invalid_grant']],
  ['InvalidRedirectUriException', ['invalid_redirect_uri']],
  ['InvalidRequestException', ['invalid_request']],
  ['InvalidScopeException', ['invalid_scope']],
  ['SlowDownException', ['slow_down']],
  ['UnauthorizedClientException', ['unauthorized_client']],
  ['UnknownOperationException', ['invalid_request', 404]],
  ['UnsupportedGrantTypeException', ['unsupported_grant_type']],
])

/** Those whose model has a member `reason`. */
const withReason: ReadonlySet<string> = new Set(['AccessDeniedException', 'InvalidRequestException'])

/** The OIDC service of IAM Identity Center: JSON in camel case, not the forms of OAuth. */
export const oidcService: Service = {
  kind: 'sso-oidc',
  namespace: 'com.amazonaws.sso.oidc',
  operations: new Map([
    ['POST /client/register', {name: 'RegisterClient', perform: registerClient}],
    ['POST /device_authorization', {name: 'StartDeviceAuthorization', perform: startDeviceAuthorization}],
    ['POST /token', {name: 'CreateToken', perform: createToken}],
    ['GET /authorize', {name: 'Authorize', perform: authorize}],
  ]),
  refusal({code, message}) {
    const [error = 'invalid_request', status = 400] = exceptions.get(code) ?? []
    return {status, body: {error, error_description: message, ...(withReason.has(code) && {reason: null})}}
  },
}
