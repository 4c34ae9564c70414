import {initialRoles, type Role} from './account.ts'
import {Clock} from './clock.ts'
import {ConsoleSessions} from './console/sessions.ts'
import {FaultList} from './faults.ts'
import {createIdentityCenter, type IdentityCenter} from './identity-center/state.ts'
import {Journal} from './journal.ts'
import {DeviceRequests} from './openid/device-requests.ts'
import {generateSigningKeys, type SigningKeys} from './openid/signing-keys.ts'
import {OpenIdStore} from './openid/store.ts'
import {createSamlIdentity, type SamlIdentity} from './saml/identity.ts'
import {type SamlOrder, usualOrder} from './saml/order.ts'
import {IssuedCredentials} from './sts/issued-credentials.ts'
import type {ForeignProviders} from './sts/trust.ts'

export interface Lifetimes {
  idTokenSeconds: number
  refreshTokenSeconds: number
  /** Overrides the duration requested from STS. */
  roleSessionSeconds?: number | null
  deviceCodeSeconds: number
  /** The minimum time between two polls of a device. */
  intervalSeconds: number
}

/** The state shared by all parts of a running sandbox. */
export interface SandboxState {
  readonly issuer: string
  readonly clock: Clock
  readonly journal: Journal
  readonly faults: FaultList
  readonly roles: Map<string, Role>
  readonly lifetimes: Lifetimes
  readonly store: OpenIdStore
  readonly devices: DeviceRequests
  readonly credentials: IssuedCredentials
  readonly console: ConsoleSessions
  readonly identityCenter: IdentityCenter
  readonly saml: SamlState
  /** The providers that the account trusts besides the sandbox's own two. */
  readonly foreign: ForeignProviders
  keys: SigningKeys
}

export interface SamlState {
  readonly issuer: string
  readonly identity: SamlIdentity
  order: SamlOrder
}

/** The issuers of the sandbox's two identity providers, and its origin as browsers see it. */
export interface Issuers {
  readonly openId: string
  readonly saml: string
  readonly origin: string
}

export async function createState(issuers: Issuers): Promise<SandboxState> {
  const clock = new Clock()
  const [keys, identity] = await Promise.all([generateSigningKeys(), createSamlIdentity()])
  return {
    issuer: issuers.openId,
    clock,
    journal: new Journal(clock),
    faults: new FaultList(),
    roles: new Map(initialRoles.map(role => [role.name, role])),
    lifetimes: {
      idTokenSeconds: 300,
      refreshTokenSeconds: 12 * 3600,
      deviceCodeSeconds: 600,
      intervalSeconds: 5,
    },
    store: new OpenIdStore(),
    devices: new DeviceRequests(),
    credentials: new IssuedCredentials(),
    console: new ConsoleSessions(clock),
    identityCenter: createIdentityCenter(issuers.origin, clock),
    saml: {issuer: issuers.saml, identity, order: usualOrder},
    foreign: {openId: new Map(), saml: new Map()},
    keys,
  }
}
