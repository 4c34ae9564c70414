import type {JsonObject} from '../json.ts'
import type {Call} from './call.ts'
import {accountAccess} from './clients.ts'
import {invalidRequest, ServiceError} from './errors.ts'
import {pageOf} from './paging.ts'
import {issueRoleCredentials} from './role-credentials.ts'
import type {Service} from './serve.ts'
import type {PortalSession} from './sessions.ts'

const statuses: ReadonlyMap<string, number> = new Map([
  ['ForbiddenException', 403],
  ['InternalServerException', 500],
  ['InvalidRequestException', 400],
  ['ResourceNotFoundException', 404],
  ['ServiceUnavailableException', 503],
  ['TooManyRequestsException', 429],
  ['UnauthorizedException', 401],
  ['UnknownOperationException', 404],
])

const namespace = 'com.amazonaws.switchboard.portal'

/** The portal of IAM Identity Center: what a signed-in person may use, and credentials for it. */
export const portalService: Service = {
  kind: 'sso',
  namespace,
  operations: new Map([
    ['GET /assignment/accounts', {name: 'ListAccounts', perform: listAccounts}],
    ['GET /assignment/roles', {name: 'ListAccountRoles', perform: listAccountRoles}],
    ['GET /federation/credentials', {name: 'GetRoleCredentials', perform: getRoleCredentials}],
    ['POST /logout', {name: 'Logout', perform: logout}],
  ]),
  admit: ({identityCenter}) => identityCenter.throttle.admit(),
  refusal: ({code, message}) => ({
    status: statuses.get(code) ?? 400,
    body: {message, __type: `${namespace}#${code}`},
  }),
}

function listAccounts(call: Call): JsonObject {
  const {user} = caller(call)
  const {items, nextToken} = pageOf(
    call.state.identityCenter.directory.accountsOf(user),
    `accounts ${user}`,
    call.query,
  )
  return {accountList: items, nextToken}
}

function listAccountRoles(call: Call): JsonObject {
  const {user} = caller(call)
  const accountId = accountIn(call)
  const roles = call.state.identityCenter.directory.rolesOf(user, accountId)
  const {items, nextToken} = pageOf(roles, `roles ${user} ${accountId}`, call.query)
  return {nextToken, roleList: items.map(roleName => ({accountId, roleName}))}
}

function getRoleCredentials(call: Call): JsonObject {
  const {user} = caller(call)
  const accountId = accountIn(call)
  const roleName = call.query.get('role_name')
  if (!roleName) throw invalidRequest('role_name is required.')
  call.notes.role = `${accountId}/${roleName}`
  const name = {user, accountId, roleName}
  const permissionSet = call.state.identityCenter.directory.access(name)
  return {roleCredentials: issueRoleCredentials(name, permissionSet, call.state)}
}

function logout(call: Call): undefined {
  caller(call).endsAt = 0
}

/** The session of the access token in the request. */
function caller({headers, notes, state}: Call): PortalSession {
  const token = headers['x-amz-sso_bearer_token']
  const known = typeof token === 'string' ? state.identityCenter.sessions.byAccessToken(token) : undefined
  const scopes = known?.client.scopes ?? []
  // A client without scopes is one of the time before there were any.
  if (!known || (scopes.length > 0 && !scopes.includes(accountAccess))) {
    throw new ServiceError('UnauthorizedException', 'Session token not found or invalid')
  }
  notes.user = known.session.user
  return known.session
}

function accountIn({notes, query}: Call): string {
  const accountId = query.get('account_id') ?? ''
  if (!/^\d{12}$/.test(accountId)) throw invalidRequest('account_id must be a number of 12 digits.')
  notes.role = accountId
  return accountId
}
