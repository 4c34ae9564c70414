import {createHash} from 'node:crypto'

export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** An OAuth error that oidc-provider itself would not give. */
export interface Refusal {
  readonly error: string
  readonly error_description: string
}

interface DeviceRequest {
  readonly challenge: string | undefined
  readonly intervalSeconds: number
  polledAt: number
}

// The client's timer may fire a few milliseconds early.
const toleratedMs = 100

/**
 * Adds what oidc-provider lacks in the device flow, like Keycloak: PKCE in the device request and the poll, and
 * `slow_down` for polling too fast (RFC 8628, 3.5). The first poll may come at any time.
 */
export class DeviceRequests {
  pkceRequired = true
  readonly #requests = new Map<string, DeviceRequest>()

  /** Records the request for a device code that is about to be issued, or returns why it must be refused. */
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

  /** Why a poll must not reach the provider; `undefined` if it may. A wrong verifier leaves the code usable. */
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
