import {randomBytes} from 'node:crypto'
import type {Clock} from '../clock.ts'
import type {RoleSession} from '../sts/issued-credentials.ts'

/** A role session that is signed in to the console. */
export interface ConsoleSession extends RoleSession {
  readonly expiresAt: Date
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
const tokenMilliseconds = 15 * 60_000

/** The sign-in tokens issued, and the sessions of browsers that presented one. */
export class ConsoleSessions {
  readonly #clock: Clock
  readonly #tokens = new Map<string, {readonly session: ConsoleSession; readonly until: Date}>()
  readonly #byCookie = new Map<string, ConsoleSession>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A token that signs a browser in to that session, valid for 15 minutes. */
  issueToken(session: ConsoleSession): string {
    const token = randomBytes(300).toString('base64url')
    this.#tokens.set(token, {session, until: new Date(this.#clock.now().getTime() + tokenMilliseconds)})
    return token
  }

  byToken(token: string): ConsoleSession | undefined {
    const issued = this.#tokens.get(token)
    return issued && issued.until > this.#clock.now() ? issued.session : undefined
  }

  /** Starts a browser's session; returns the value of its cookie. */
  begin(session: ConsoleSession): string {
    const cookie = randomBytes(18).toString('base64url')
    this.#byCookie.set(cookie, session)
    return cookie
  }

  byCookie(cookie: string): ConsoleSession | undefined {
    const session = this.#byCookie.get(cookie)
    return session && session.expiresAt > this.#clock.now() ? session : undefined
  }

  end(cookie: string): void {
    this.#byCookie.delete(cookie)
  }
}
