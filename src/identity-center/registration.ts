import {RegisterClientCommand} from '@aws-sdk/client-sso-oidc'
import type {Host} from '../plugin.ts'
import {explained, isThrottled} from './failures.ts'
import type {Place} from './place.ts'
import type {Services} from './services.ts'

/** How a client signs its user in. A registration for the one can't do the other. */
export type Way = 'browser' | 'device'

/** This program as a client of an instance, which registers everybody. */
export interface Registration {
  readonly clientId: string
  readonly clientSecret: string
  readonly expiresAt: Date
}

/** What the services of an instance and the host give, for whoever signs in. */
export interface Context {
  readonly place: Place
  readonly services: Services
  readonly scopes: readonly string[]
  readonly host: Host
}

// A registration that ends while the user signs in would be in vain.
const marginMilliseconds = 60 * 60_000
const tries = 4
const grants: Readonly<Record<Way, string>> = {
  browser: 'authorization_code',
  device: 'urn:ietf:params:oauth:grant-type:device_code',
}

export const redirectPath = '/oauth/callback'
const nameOf = (way: Way) => `registration for ${way}`

/** The remembered registration, or a new one. */
export async function registrationFor(way: Way, context: Context): Promise<Registration> {
  const {memory, now} = context.host
  const remembered = readRegistration(await memory.get(nameOf(way)))
  if (remembered && remembered.expiresAt.getTime() - now().getTime() > marginMilliseconds) return remembered
  const registration = await register(way, context)
  await memory.set(nameOf(way), JSON.stringify(registration), registration.expiresAt)
  return registration
}

/** Forgets a registration that the service no longer knows. */
export function forgetRegistration(way: Way, {host}: Pick<Context, 'host'>): Promise<void> {
  return host.memory.delete(nameOf(way))
}

async function register(way: Way, context: Context): Promise<Registration> {
  const {place, services, scopes, host} = context
  const command = new RegisterClientCommand({
    clientName: 'aws-oidc',
    clientType: 'public',
    scopes: [...scopes],
    grantTypes: [grants[way], 'refresh_token'],
    issuerUrl: place.start.text,
    // The port is free to choose (RFC 8252, 7.3); `localhost` is refused.
    ...(way === 'browser' && {redirectUris: [`http://127.0.0.1${redirectPath}`]}),
  })
  for (let attempt = 1; ; attempt++) {
    try {
      const {clientId, clientSecret, clientSecretExpiresAt} = await services.oidc.send(command)
      if (clientId === undefined || clientSecret === undefined || clientSecretExpiresAt === undefined) {
        throw host.error('BAD_RESPONSE', 'AWS registered this program without saying as what.')
      }
      return {clientId, clientSecret, expiresAt: new Date(clientSecretExpiresAt * 1000)}
    } catch (error) {
      if (!isThrottled(error) || attempt === tries) throw explained(error, 'register this program', place, host)
      await host.sleep(2 ** attempt * 500)
    }
  }
}

function readRegistration(text: string | undefined): Registration | undefined {
  if (text === undefined) return undefined
  const {clientId, clientSecret, expiresAt} = JSON.parse(text)
  return {clientId, clientSecret, expiresAt: new Date(expiresAt)}
}
