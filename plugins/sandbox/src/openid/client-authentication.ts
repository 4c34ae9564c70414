import {confidentialClient, postClient} from '../account.ts'
import type {Refusal} from './device-requests.ts'

/** Refuses a secret sent in another way than the client is registered for; oidc-provider itself accepts both ways. */
export function refuseAuthentication(authorization: string | undefined, form: URLSearchParams): Refusal | undefined {
  const [, basic = ''] = /^Basic (.+)$/i.exec(authorization ?? '') ?? []
  const [user = ''] = Buffer.from(basic, 'base64').toString().split(':')
  const inHeader = new URLSearchParams(`id=${user}`).get('id')
  const inBody = form.has('client_secret') ? form.get('client_id') : undefined
  const refused = inHeader === postClient.clientId || inBody === confidentialClient.clientId
  return refused ? {error: 'invalid_client', error_description: 'client authentication failed'} : undefined
}
