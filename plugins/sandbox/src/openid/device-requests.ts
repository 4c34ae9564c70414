import {createHash} from 'node:crypto'

export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** An OAuth error that the provider itself would not have answered. */
export interface Refusal {
  readonly error: string
  readonly error_description: string
}

interface DeviceRequest {
  readonly challenge: string | undefined
  readonly intervalSeconds: number
  polledAt: number
}

// A timer of the client may be a few milliseconds early.
const toleratedMs = 100

/**
 * What oidc-provider leaves out of the device flow, as Keycloak does it: PKCE in the device request and the poll, and
 * `slow_down` for those who don't keep to the interval (RFC 8628, 3.5). The first poll may come at any time.
 */
export class DeviceRequests {
  pkceRequired = true
  readonly #requests = new Map<string, DeviceRequest>()

  /** Keeps the request behind a device code that is about to be given, or says why it must not be given. */
  begin(form: URLSearchParams, deviceCode: string, intervalSeconds: number): Refusal | undefined {
    const [challenge, method] = [form.get('code_challenge'), form.get('code_challenge_method')]
    if (challenge === null || method === null) {
      if (this.pkceRequired || challenge !== method) return invalidRequest('Missing parameter: code_challenge_method')
    } else if (method !== 'S256') {
      return invalidRequest('Invalid parameter: code challenge method is not matching the configured one')
    }
    this.#requests.set(deviceCode, {
      challenge: challenge ?? undefined,
      intervalSeconds,
      polledAt: Number.NEGATIVE_INFINITY,
    })
    return undefined
  }

  /** Why a poll is not to reach the provider. A code with the wrong verifier stays usable. */
  refusePoll(form: URLSearchParams): Refusal | undefined {
    const request = this.#requests.get(form.get('device_code') ?? '')
    if (!request) return undefined
    const sinceLast = performance.now() - request.polledAt
    request.polledAt = performance.now()
    if (sinceLast < request.intervalSeconds * 1000 - toleratedMs) {
      return {error: 'slow_down', error_description: 'Slow down'}
    }
    const verifier = form.get('code_verifier')
    if (request.challenge === undefined) return undefined
    if (verifier === null) return invalidGrant('PKCE code verifier not specified')
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    return challenge === request.challenge ? undefined : invalidGrant('PKCE verification failed: Code mismatch')
  }
}

function invalidRequest(description: string): Refusal {
  return {error: 'invalid_request', error_description: description}
}

function invalidGrant(description: string): Refusal {
  return {error: 'invalid_grant', error_description: description}
}
