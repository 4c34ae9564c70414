import {randomBytes} from 'node:crypto'
import type {Clock} from '../clock.ts'
import {accountAccess, type Client, refreshToken as refreshGrant} from './clients.ts'
import {invalidGrant} from './errors.ts'
import type {Settings} from './settings.ts'

/** A person's sign-in at the portal, which the browser's cookie and all tokens belong to. */
export interface PortalSession {
  readonly user: string
  endsAt: number
}

interface AccessToken {
  readonly session: PortalSession
  readonly client: Client
  expiresAt: number
}

interface RefreshToken {
  readonly session: PortalSession
  readonly client: Client
  spent: boolean
}

export interface Tokens {
  readonly accessToken: string
  readonly expiresIn: number
  readonly refreshToken: string | undefined
}

/** The sign-ins and their tokens. Ended ones are unknown to callers. */
export class PortalSessions {
  readonly #clock: Clock
  readonly #settings: () => Settings
  readonly #cookies = new Map<string, PortalSession>()
  readonly #access = new Map<string, AccessToken>()
  readonly #refresh = new Map<string, RefreshToken>()

  constructor(clock: Clock, settings: () => Settings) {
    this.#clock = clock
    this.#settings = settings
  }

  /** Signs a browser in; returns the value of its cookie. */
  begin(user: string): string {
    const cookie = randomBytes(32).toString('base64url')
    this.#cookies.set(cookie, {user, endsAt: this.#now() + this.#settings().sessionSeconds * 1000})
    return cookie
  }

  byCookie(cookie: string): PortalSession | undefined {
    const session = this.#cookies.get(cookie)
    return session && this.isLive(session) ? session : undefined
  }

  isLive(session: PortalSession): boolean {
    return session.endsAt > this.#now()
  }

  /** Tokens for a client that a person has let in. */
  issue(session: PortalSession, client: Client): Tokens {
    const renewable = client.scopes.includes(accountAccess) && client.grants.includes(refreshGrant)
    if (!renewable) return {...this.#issueAccess(session, client, Number.POSITIVE_INFINITY), refreshToken: undefined}
    return {
      ...this.#issueAccess(session, client, this.#settings().accessTokenSeconds),
      refreshToken: this.#issueRefresh(session, client),
    }
  }

  /** Tokens for a refresh token. Refuses one that is unknown, spent, another client's, or of a session that is over. */
  renew(token: string, client: Client): {readonly user: string; readonly tokens: Tokens} {
    const known = this.#refresh.get(token)
    if (!known || known.spent || known.client !== client || !this.isLive(known.session)) {
      throw invalidGrant('Invalid refresh token provided')
    }
    const {session} = known
    const {accessTokenSeconds, refreshTokens} = this.#settings()
    known.spent = refreshTokens === 'rotate'
    const next = known.spent ? this.#issueRefresh(session, client) : token
    const access = this.#issueAccess(session, client, accessTokenSeconds)
    return {user: session.user, tokens: {...access, refreshToken: refreshTokens === 'omit' ? undefined : next}}
  }

  byAccessToken(token: string): {readonly session: PortalSession; readonly client: Client} | undefined {
    const known = this.#access.get(token)
    return known && known.expiresAt > this.#now() && this.isLive(known.session) ? known : undefined
  }

  /** Ends the sessions of that user, or all, with their tokens. */
  end(user?: string): void {
    const sessions = [...this.#cookies.values()].filter(session => user === undefined || session.user === user)
    for (const session of sessions) session.endsAt = 0
  }

  /** Makes the access tokens of that user, or all, invalid; they can be renewed. */
  expireAccessTokens(user?: string): void {
    for (const token of this.#access.values()) {
      if (user === undefined || token.session.user === user) token.expiresAt = 0
    }
  }

  /** Makes the refresh tokens of that user, or all, invalid; the access tokens live on. */
  revokeRefreshTokens(user?: string): void {
    for (const token of this.#refresh.values()) {
      if (user === undefined || token.session.user === user) token.spent = true
    }
  }

  #issueAccess(session: PortalSession, client: Client, lifetimeSeconds: number) {
    const remainingSeconds = Math.floor((session.endsAt - this.#now()) / 1000)
    const expiresIn = Math.min(lifetimeSeconds, remainingSeconds)
    const accessToken = `aoa${randomBytes(300).toString('base64url')}`
    this.#access.set(accessToken, {session, client, expiresAt: this.#now() + expiresIn * 1000})
    return {accessToken, expiresIn}
  }

  #issueRefresh(session: PortalSession, client: Client): string {
    const token = `aor${randomBytes(170).toString('base64url')}`
    this.#refresh.set(token, {session, client, spent: false})
    return token
  }

  #now(): number {
    return this.#clock.now().getTime()
  }
}
