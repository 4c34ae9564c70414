import type {GrantAnswer, Log, Memory, OidcClient, Role, TokenSet} from '../plugin.ts'

/**
 * What the world answers a strategy: values in the order they are asked for, an Error to reject with, or a function that
 * looks at the request. One that is left over is an error, and so is a request without one: see `FakeHost.verify`.
 */
export interface Script {
  /** For `host.tokens`: each one stands for a person who signs in. What was given is remembered, as the real host does. */
  readonly tokens?: readonly Answer<TokenRequest, TokenSet>[]
  readonly grants?: readonly Answer<GrantRequest, GrantAnswer>[]
  /** For `host.fetch`. */
  readonly responses?: readonly Answer<Request, Response>[]
  /** For `host.ask`: the text typed, or which choice (counted from 0) is taken. */
  readonly answers?: readonly Answer<Question, string | number>[]
  /** What comes back to a listener of `host.listen`. */
  readonly redirects?: readonly Answer<RedirectRequest, URLSearchParams>[]
  /** For `host.samlFromBrowser`: the first needs a person, those after it a session of the browser. */
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
}

export interface RedirectRequest {
  readonly url: URL
  readonly state: string | undefined
}

export interface FakeHostOptions {
  /** Whether a person may be asked; `true` when left out. */
  readonly interactive?: boolean
  /** `browser` when left out. */
  readonly flow?: 'browser' | 'device'
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Where the clock begins: 2026-01-01 when left out. Only `advance` and `sleep` move it. */
  readonly now?: Date
  /** What an earlier command has left: the `memory` of its host. */
  readonly memory?: FakeMemory
  /** Nothing is answered: every wait ends by `abort` only. */
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

/** How a person was asked. */
export type Asked =
  | {readonly by: 'sign-in'; readonly client: OidcClient}
  | {readonly by: 'browser'; readonly url: URL}
  | {readonly by: 'code'; readonly url: URL; readonly code: string}
  | ({readonly by: 'question'} & Question)
