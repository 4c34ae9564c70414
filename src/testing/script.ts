import type {GrantAnswer, Log, Memory, OidcClient, Role, TokenSet} from '../plugin.ts'

/**
 * The answers that a strategy gets, in the order it asks: a value, an Error to reject with, or a function of the
 * request. A missing answer and an unused one are both errors: see `FakeHost.verify`.
 */
export interface Script {
  /** For `host.tokens`: each answer stands for one sign-in of the user. Like the real host, the fake remembers it. */
  readonly tokens?: readonly Answer<TokenRequest, TokenSet>[]
  readonly grants?: readonly Answer<GrantRequest, GrantAnswer>[]
  /** For `host.fetch`. */
  readonly responses?: readonly Answer<Request, Response>[]
  /** For `host.ask`: the text typed, or the choice taken, as its label or its index from 0. */
  readonly answers?: readonly Answer<Question, string | number>[]
  /** For `host.listen`: the parameters of the redirect that the listener receives. */
  readonly redirects?: readonly Answer<RedirectRequest, URLSearchParams>[]
  /**
   * For `host.samlFromBrowser`, as later versions may answer: the first needs the user, later ones use the browser session
   * that it left. Left out, the fake rejects with CONFIG_INVALID, as the host of this version does.
   */
  readonly samlDocuments?: readonly Answer<URL, string>[]
  /** For `host.rolesIn`. */
  readonly samlRoles?: readonly Answer<string, readonly Role[]>[]
}

export type Answer<Request, Value> = Value | Error | ((request: Request) => Value | Promise<Value>)

export interface TokenRequest {
  readonly client: OidcClient
  readonly fresh: boolean
}

export interface GrantRequest {
  readonly client: OidcClient
  readonly form: Readonly<Record<string, string>>
}

export interface Question {
  readonly kind: 'select' | 'text' | 'secret'
  readonly question: string
  /** The labels to choose from. */
  readonly choices: readonly string[]
  /** The time for an answer, in milliseconds, if the strategy sets one. To play that it is over, script an error. */
  readonly timeout?: number
}

export interface RedirectRequest {
  readonly url: URL
  readonly state: string | undefined
}

export interface FakeHostOptions {
  /** Whether the user may be asked. Default: `true`. */
  readonly interactive?: boolean
  /** Whether somebody sits at a terminal: `host.ask.available`, if the user may be asked. Default: `true`. */
  readonly attended?: boolean
  /** Default: `browser`. */
  readonly flow?: 'browser' | 'device'
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The initial time. Default: 2026-01-01, midnight UTC. Only `advance` and `sleep` move the clock. */
  readonly now?: Date
  /** The `memory` of an earlier host, to continue where an earlier command stopped. */
  readonly memory?: FakeMemory
  /** Leaves every request unanswered, so that only `abort` ends a wait. */
  readonly hangs?: boolean
}

/** Memory that can be handed to the host of the next command. */
export interface FakeMemory extends Memory {
  readonly entries: ReadonlyMap<string, {readonly value: string; readonly expiresAt: Date}>
}

export interface LogLine {
  readonly level: keyof Log
  readonly message: string
}

/** One way in which the user was asked. */
export type Asked =
  | {readonly by: 'sign-in'; readonly client: OidcClient}
  | {readonly by: 'browser'; readonly url: URL}
  | {readonly by: 'code'; readonly url: URL; readonly code: string}
  | ({readonly by: 'question'} & Question)
