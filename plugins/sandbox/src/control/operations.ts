import {newRole, publicClient, type Role} from '../account.ts'
import {HttpError} from '../http.ts'
import {merged} from '../json.ts'
import {signClaims} from '../openid/id-token.ts'
import {samlDocument} from '../saml/document.ts'
import {usualOrder} from '../saml/order.ts'
import type {SandboxState} from '../state.ts'
import type {ControlContext} from './context.ts'
import {identityCenterOperations} from './identity-center.ts'
import {readFault, requireKey, signingMembers} from './read-fault.ts'
import {readOpenIdProvider, readSamlProvider} from './read-provider.ts'
import {readSamlMint, readSamlOrder} from './read-saml.ts'
import {flag, integer, list, members, nullable, text, wrong} from './readers.ts'

/** Gets the parsed body and the last part of the path. Its result is sent as JSON; `undefined` becomes a 204. */
export type Operation = (body: unknown, name: string) => unknown

const nothing = members({})
const clockMembers = members({offsetSeconds: integer(-10 * 365 * 86_400, 10 * 365 * 86_400)})
const tokenMembers = members(signingMembers)
const lifetimeMembers = members({
  idTokenSeconds: integer(1),
  refreshTokenSeconds: integer(1),
  roleSessionSeconds: nullable(integer(1)),
  deviceCodeSeconds: integer(1),
  intervalSeconds: integer(1),
})
const deviceFlowMembers = members({pkceRequired: flag})
const roleMembers = members({
  maxSessionDurationSeconds: integer(900, 43_200),
  audiences: list(text),
  subjects: list(text),
  samlAudiences: list(text),
  trustedRoles: list(text),
})

export function createOperations({state, rotateKeys}: ControlContext): Readonly<Record<string, Operation>> {
  const {clock, devices, faults, foreign, journal, lifetimes, roles, saml, store} = state
  return {
    'GET /journal': () => journal.entries(),
    'DELETE /journal': () => journal.clear(),
    'POST /faults': body => faults.add(readFault(body)),
    'DELETE /faults': () => faults.clear(),
    'POST /clock': body => {
      const {offsetSeconds} = clockMembers(body, 'clock')
      if (offsetSeconds === undefined) throw wrong('clock.offsetSeconds is needed.')
      clock.offsetSeconds = offsetSeconds
    },
    'POST /lifetimes': body => void Object.assign(lifetimes, lifetimeMembers(body, 'lifetimes')),
    'POST /device-flow': body => {
      const {pkceRequired} = deviceFlowMembers(body, 'device-flow')
      if (pkceRequired === undefined) throw wrong('device-flow.pkceRequired is needed.')
      devices.pkceRequired = pkceRequired
    },
    'POST /rotate-keys': async body => {
      nothing(body, 'rotate-keys')
      await rotateKeys()
    },
    'POST /revoke-sessions': body => {
      nothing(body, 'revoke-sessions')
      store.clear()
    },
    ...identityCenterOperations(state),
    'PUT /roles/NAME': (body, name) => putRole(name, body, roles),
    'DELETE /roles/NAME': (_body, name) => {
      if (!roles.delete(name)) throw new HttpError(404, `There is no role ${name}.`)
    },
    'PUT /openid-providers/NAME': (body, name) => void foreign.openId.set(name, readOpenIdProvider(body)),
    'PUT /saml-providers/NAME': (body, name) => void foreign.saml.set(name, readSamlProvider(body)),
    'PUT /saml': body => {
      saml.order = readSamlOrder(body)
    },
    'DELETE /saml': () => {
      saml.order = usualOrder
    },
    'POST /saml/mint': async body => {
      const {user, order} = readSamlMint(body)
      return {document: await samlDocument(user, order, {...saml, clock})}
    },
    'POST /mint': async body => ({token: await mint(body, state)}),
  }
}

/** Changes only the given members. A new role otherwise has one hour and trusts nobody. */
function putRole(name: string, body: unknown, roles: Map<string, Role>): void {
  if (!/^[\w+=,.@/-]{1,64}$/.test(name))
    throw wrong('The name of a role has 1 to 64 of the characters A-Z a-z 0-9 +=,.@_/-.')
  roles.set(name, {...newRole(name), ...roles.get(name), ...roleMembers(body, 'role')})
}

async function mint(body: unknown, {issuer, clock, keys}: SandboxState): Promise<string> {
  const {claims = {}, ...order} = tokenMembers(body, 'token')
  requireKey(order)
  const now = clock.epochSeconds()
  const usual = {iss: issuer, aud: publicClient.clientId, sub: 'alice', iat: now, exp: now + 300}
  return signClaims(merged(usual, claims), order, keys)
}
