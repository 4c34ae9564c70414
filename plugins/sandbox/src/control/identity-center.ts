import {findUser} from '../account.ts'
import {HttpError} from '../http.ts'
import {type AssignmentName, noAccess} from '../identity-center/directory.ts'
import {ServiceError} from '../identity-center/errors.ts'
import {usualSettings} from '../identity-center/settings.ts'
import {usualThrottle} from '../identity-center/throttle.ts'
import type {SandboxState} from '../state.ts'
import {flag, integer, members, nullable, oneOf, positive, text, wrong} from './readers.ts'

const readOrder = members({
  registrationSeconds: integer(1),
  sessionSeconds: integer(1),
  accessTokenSeconds: integer(1),
  codeSeconds: integer(1),
  deviceCodeSeconds: integer(1),
  intervalSeconds: integer(1),
  refreshTokens: oneOf('same', 'rotate', 'omit'),
  throttle: nullable(members({ratePerSecond: positive, burst: integer(1), blockedSeconds: integer(0)})),
})
const readEnd = members({what: oneOf('session', 'access-tokens', 'refresh-tokens', 'registrations'), user: text})
const readAssignment = members({stale: flag})
const readRefusal = members({error: oneOf('ForbiddenException', 'ResourceNotFoundException')})

/** The operations that change what the twin of IAM Identity Center does. */
export function identityCenterOperations({identityCenter}: SandboxState) {
  const {directory, settings, throttle} = identityCenter
  return {
    'POST /identity-center': (body: unknown) => {
      const {throttle: limit, ...changes} = readOrder(body, 'identity-center')
      Object.assign(settings, changes)
      if (limit !== undefined) throttle.set(limit && {...usualThrottle, ...limit})
    },
    'DELETE /identity-center': () => {
      Object.assign(settings, usualSettings)
      throttle.set(usualThrottle)
      directory.reset()
    },
    'POST /identity-center/end': (body: unknown) => end(body, identityCenter),
    'PUT /identity-center-assignments/NAME': (body: unknown, name: string) => {
      const {stale = false} = readAssignment(body, 'assignment')
      directory.put(assignmentIn(name), stale)
    },
    'DELETE /identity-center-assignments/NAME': (_body: unknown, name: string) => {
      if (!directory.remove(assignmentIn(name))) throw new HttpError(404, `There is no assignment ${name}.`)
    },
    'PUT /identity-center-accounts/NAME': (body: unknown, name: string) => {
      const {error} = readRefusal(body, 'account')
      if (error === undefined) throw wrong('account.error is needed.')
      directory.refusals.set(name, error === 'ForbiddenException' ? noAccess() : notFound())
    },
    'DELETE /identity-center-accounts/NAME': (_body: unknown, name: string) => {
      if (!directory.refusals.delete(name)) throw new HttpError(404, `The account ${name} answers as usual already.`)
    },
  }
}

function end(body: unknown, {clients, sessions}: SandboxState['identityCenter']): void {
  const {what, user} = readEnd(body, 'end')
  if (user !== undefined && !findUser(user)) throw wrong(`end.user: there is no user called ${user}.`)
  if (what === undefined) throw wrong('end.what is needed.')
  if (what === 'registrations' && user !== undefined) throw wrong('end.user is not for registrations.')
  if (what === 'session') sessions.end(user)
  else if (what === 'access-tokens') sessions.expireAccessTokens(user)
  else if (what === 'refresh-tokens') sessions.revokeRefreshTokens(user)
  else clients.expire()
}

function assignmentIn(name: string): AssignmentName {
  const [, user = '', accountId = '', roleName = ''] = /^([\w-]+)\/(\d{12})\/([\w+=,.@-]{1,32})$/.exec(name) ?? []
  if (!findUser(user)) throw wrong('An assignment is named USER/ACCOUNT/ROLE, with a user of the sandbox.')
  return {user, accountId, roleName}
}

function notFound(): ServiceError {
  return new ServiceError('ResourceNotFoundException', 'Account not found')
}
