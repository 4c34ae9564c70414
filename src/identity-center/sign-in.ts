import {createHash, randomBytes, randomUUID} from 'node:crypto'
import {
  CreateTokenCommand,
  type CreateTokenCommandInput,
  StartDeviceAuthorizationCommand,
} from '@aws-sdk/client-sso-oidc'
import {explained, refusalIn} from './failures.ts'
import {type Context, forgetRegistration, type Registration, redirectPath, registrationFor} from './registration.ts'

/** An access token of the portal, and what renews it. */
export interface Grant {
  readonly accessToken: string
  readonly expiresAt: Date
  /** Absent if the client has asked for no scopes. */
  readonly refreshToken?: string
  /** The client to which the token was given, which alone may renew it. */
  readonly registration: Registration
}

const shortestIntervalSeconds = 1
// RFC 8628, 3.5.
const slowDownSeconds = 5

/** Has the user sign in at the portal. Rejects with SIGN_IN_REQUIRED if nobody may be asked. */
export function signInAnew(context: Context): Promise<Grant> {
  const {interactive, flow} = context.host
  // Where nobody may be asked, it is `listen` that says why.
  return flow === 'device' && interactive ? byCode(context) : byBrowser(context)
}

/** RFC 6749, 4.1, with PKCE (RFC 7636) and a redirect to loopback (RFC 8252), in the spelling of AWS. */
async function byBrowser(context: Context): Promise<Grant> {
  const {services, scopes, host} = context
  const callback = await host.listen({path: redirectPath})
  const registration = await registrationFor('browser', context)
  const [verifier, state] = [randomBytes(32).toString('base64url'), randomUUID()]
  const address = new URL(services.authorize)
  const parameters = {
    response_type: 'code',
    client_id: registration.clientId,
    redirect_uri: callback.url.href,
    state,
    code_challenge_method: 'S256',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    // Not `scope`.
    scopes: scopes.join(' '),
  }
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value)
  await host.openBrowser(address)
  const answer = await callback.received(state)
  const refused = answer.get('error')
  if (refused !== null) {
    const description = answer.get('error_description')
    const said = description === null ? refused : `${refused} (${description})`
    throw host.error('SIGN_IN_REFUSED', `IAM Identity Center refused the sign-in: ${said}.`, {hint: 'aws-oidc login'})
  }
  const code = answer.get('code')
  if (code === null) throw host.error('BAD_RESPONSE', 'IAM Identity Center sent the browser back without a code.')
  const redirectUri = callback.url.href
  try {
    const input = {grantType: 'authorization_code', code, redirectUri, codeVerifier: verifier}
    return await createToken(registration, input, context)
  } catch (error) {
    if (refusalIn(error)?.name === 'InvalidClientException') await forgetRegistration('browser', context)
    throw explained(error, 'sign you in', context.place, host)
  }
}

/** RFC 8628, in the spelling of AWS. */
async function byCode(context: Context): Promise<Grant> {
  const {place, services, host} = context
  const registration = await registrationFor('device', context)
  try {
    const {clientId, clientSecret} = registration
    const asked = {clientId, clientSecret, startUrl: place.start.text}
    const {deviceCode, userCode, verificationUri, verificationUriComplete, expiresIn, interval} =
      await services.oidc.send(new StartDeviceAuthorizationCommand(asked))
    const url = URL.parse(verificationUri ?? '')
    if (deviceCode === undefined || userCode === undefined || !url || expiresIn === undefined) {
      throw host.error('BAD_RESPONSE', 'AWS gave no code to sign in with.')
    }
    const completeUrl = URL.parse(verificationUriComplete ?? '')
    const expiresAt = new Date(host.now().getTime() + expiresIn * 1000)
    await host.showCode({url, code: userCode, expiresAt, ...(completeUrl && {completeUrl})})
    return await poll(deviceCode, {expiresAt, interval: interval ?? shortestIntervalSeconds, registration}, context)
  } catch (error) {
    if (refusalIn(error)?.name === 'InvalidClientException') await forgetRegistration('device', context)
    throw explained(error, 'sign you in', place, host)
  }
}

interface Polling {
  readonly expiresAt: Date
  readonly interval: number
  readonly registration: Registration
}

async function poll(
  deviceCode: string,
  {expiresAt, interval, registration}: Polling,
  context: Context,
): Promise<Grant> {
  const {host} = context
  let seconds = Math.max(interval, shortestIntervalSeconds)
  const input = {grantType: 'urn:ietf:params:oauth:grant-type:device_code', deviceCode}
  while (host.now() < expiresAt) {
    await host.sleep(seconds * 1000)
    try {
      return await createToken(registration, input, context)
    } catch (error) {
      const name = refusalIn(error)?.name
      if (name === 'ExpiredTokenException') break
      if (name === 'SlowDownException') seconds += slowDownSeconds
      else if (name !== 'AuthorizationPendingException') throw error
    }
  }
  throw host.error('TIMED_OUT', 'Nobody entered the code in time.', {hint: 'aws-oidc login'})
}

/** A new access token for the refresh token; `undefined` if that no longer works. */
export async function renewed(grant: Grant, context: Context): Promise<Grant | undefined> {
  const {refreshToken, registration} = grant
  const {host, place} = context
  if (refreshToken === undefined || registration.expiresAt <= host.now()) return undefined
  try {
    const next = await createToken(registration, {grantType: 'refresh_token', refreshToken}, context)
    return {refreshToken, ...next}
  } catch (error) {
    const name = refusalIn(error)?.name
    if (name === 'InvalidGrantException' || name === 'ExpiredTokenException') return undefined
    if (name === 'InvalidClientException' || name === 'UnauthorizedClientException') {
      // The user's browser would show an error for such a client, and never come back.
      for (const way of ['browser', 'device'] as const) await forgetRegistration(way, context)
      return undefined
    }
    throw explained(error, 'renew the sign-in', place, host)
  }
}

type TokenInput = Omit<CreateTokenCommandInput, 'clientId' | 'clientSecret'>

async function createToken(registration: Registration, input: TokenInput, {services, host}: Context): Promise<Grant> {
  const {clientId, clientSecret} = registration
  const answer = await services.oidc.send(new CreateTokenCommand({clientId, clientSecret, ...input}))
  const {accessToken, expiresIn, refreshToken} = answer
  if (!accessToken || expiresIn === undefined) throw host.error('BAD_RESPONSE', 'AWS gave no access token.')
  const expiresAt = new Date(host.now().getTime() + expiresIn * 1000)
  return {accessToken, expiresAt, registration, ...(refreshToken && {refreshToken})}
}
