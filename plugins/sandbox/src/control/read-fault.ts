import {type Fault, type FaultTarget, faultTargets} from '../faults.ts'
import {hasOwnKey, type SigningOrder, signingAlgorithms} from '../openid/id-token.ts'
import {anyObject, flag, integer, members, oneOf, text, textOrJson, wrong} from './readers.ts'

/** The members that say how to sign a token, shared by `POST /mint` and a fault's `idToken`. */
export const signingMembers = {
  claims: anyObject,
  header: anyObject,
  key: oneOf('own', 'foreign'),
  alg: oneOf(...signingAlgorithms),
}

const readMembers = members({
  on: oneOf(...faultTargets),
  grant: text,
  action: text,
  times: integer(1),
  skip: integer(0),
  delayMs: integer(0),
  cut: flag,
  status: integer(200, 599),
  body: textOrJson,
  contentType: text,
  error: text,
  message: text,
  change: anyObject,
  redirect: anyObject,
  idToken: members(signingMembers),
})

/** Members that only some targets use. Rejecting them elsewhere, rather than ignoring them, exposes wrong tests. */
const targetsOf: Readonly<Partial<Record<keyof Fault, readonly FaultTarget[]>>> = {
  grant: ['token', 'sso-oidc'],
  action: ['sts', 'federation', 'sso-oidc', 'sso'],
  change: ['discovery', 'jwks', 'device', 'token', 'sso-oidc', 'sso'],
  redirect: ['authorization'],
  idToken: ['token'],
  error: ['authorization', 'device', 'token', 'revocation', 'sts', 'sso-oidc', 'sso'],
}

export function readFault(value: unknown): Fault {
  const {on, ...rest} = readMembers(value, 'fault')
  if (on === undefined) throw wrong(`fault.on is needed: one of ${faultTargets.join(', ')}.`)
  for (const [name, targets] of Object.entries(targetsOf)) {
    if (Object.hasOwn(rest, name) && !targets.includes(on)) {
      throw wrong(`fault.${name} is only for ${targets.join(', ')}, not for ${on}.`)
    }
  }
  if ((rest.body ?? rest.contentType) !== undefined && rest.status === undefined) throw wrong('fault.status is needed.')
  if (rest.message !== undefined && rest.error === undefined) throw wrong('fault.error is needed.')
  const effects = ['delayMs', 'cut', 'status', 'error', 'change', 'redirect', 'idToken']
  if (!effects.some(name => Object.hasOwn(rest, name))) throw wrong(`A fault needs one of ${effects.join(', ')}.`)
  if (rest.idToken) requireKey(rest.idToken)
  return {on, ...rest}
}

/** Throws for a signature that no key of the provider can make. */
export function requireKey({alg, key}: SigningOrder): void {
  if (alg && key !== 'foreign' && !hasOwnKey(alg))
    throw wrong(`The provider has no key for ${alg}: use "key": "foreign".`)
}
