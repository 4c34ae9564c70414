import {createHash, randomBytes} from 'node:crypto'
import type {Clock} from '../clock.ts'
import type {Client} from './clients.ts'
import {invalidGrant, ServiceError} from './errors.ts'
import type {PortalSession} from './sessions.ts'

/** What the client asked for at the authorization endpoint. */
export interface AuthorizationRequest {
  readonly client: Client
  readonly redirectUri: string
  readonly challenge: string
  readonly state: string | null
}

interface IssuedCode {
  readonly request: AuthorizationRequest
  readonly session: PortalSession
  readonly expiresAt: number
}

export interface Redemption {
  readonly code: string
  readonly client: Client
  readonly redirectUri: string
  readonly verifier: string
}

/** The authorization codes, each good for one attempt. */
export class AuthorizationCodes {
  readonly #clock: Clock
  readonly #codes = new Map<string, IssuedCode>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  issue(request: AuthorizationRequest, session: PortalSession, lifetimeSeconds: number): string {
    const code = randomBytes(96).toString('base64url')
    this.#codes.set(code, {request, session, expiresAt: this.#clock.now().getTime() + lifetimeSeconds * 1000})
    return code
  }

  /** The session that the code stands for. The code is used up, even by an attempt that is refused. */
  redeem({code, client, redirectUri, verifier}: Redemption): PortalSession {
    const issued = this.#codes.get(code)
    if (issued?.request.client !== client) throw invalidGrant('Invalid grant provided')
    this.#codes.delete(code)
    if (issued.expiresAt <= this.#clock.now().getTime()) {
      throw new ServiceError('ExpiredTokenException', 'Authorization code has expired')
    }
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    if (redirectUri !== issued.request.redirectUri || challenge !== issued.request.challenge) {
      throw invalidGrant('Invalid grant provided')
    }
    return issued.session
  }
}
