import type {JsonObject} from '../json.ts'
import type {Call} from './call.ts'
import {deviceCode} from './clients.ts'
import {invalidRequest, ServiceError} from './errors.ts'
import {requiredText} from './input.ts'
import {isStartUrl} from './instance.ts'

export function startDeviceAuthorization({input, state}: Call): JsonObject {
  const {clients, devices, pages, settings} = state.identityCenter
  const [id, secret, startUrl] = ['clientId', 'clientSecret', 'startUrl'].map(name => requiredText(input, name))
  const client = clients.authenticate(id ?? '', secret ?? '')
  if (!client.grants.includes(deviceCode)) {
    throw new ServiceError('UnauthorizedClientException', 'The client is not registered for the device code grant')
  }
  if (!isStartUrl(startUrl ?? '')) throw invalidRequest('Invalid start url provided')
  const request = devices.begin(client, settings)
  return {
    deviceCode: request.deviceCode,
    expiresIn: settings.deviceCodeSeconds,
    interval: request.intervalSeconds,
    userCode: request.userCode,
    verificationUri: `${pages}/device`,
    verificationUriComplete: `${pages}/device?user_code=${request.userCode}`,
  }
}
