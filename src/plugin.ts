/**
 * The contract between the host and every strategy or cache.
 *
 * Types only: a plugin imports them with `import type {…} from 'aws-oidc/plugin'`, and nothing of the host reaches it
 * but the `Host` it is handed. Errors cross by their `code`, never by class.
 */

/** Signs a person or a job in to one kind of identity provider. */
export interface FederationStrategy<Settings extends object = object> {
  /** What a provider may set for this strategy. The host parses and checks it before `signIn`. */
  readonly settings: SettingSpecs<Settings>

  /**
   * Signs in and returns who that is.
   *
   * Called on every cache miss, so ask the person only when nothing in `host.memory` still works.
   * Must reject with `SIGN_IN_REQUIRED` instead of asking when `host.interactive` is false.
   */
  signIn(settings: Settings, host: Host): Promise<Identity>

  /**
   * The issuer of the provider, or the address of its metadata, as soon as the settings say it. `setup` calls it after each
   * answer, to look there while the person goes on.
   */
  issuer?(settings: Partial<Settings>): URL | undefined

  /**
   * What `doctor` can't know: is everything on the provider's side as it must be? Called with nobody to ask and nothing
   * remembered: what would need a sign-in rejects with SIGN_IN_REQUIRED, which is no fault. It has some seconds.
   */
  check?(settings: Settings, host: Host): Promise<readonly Finding[]>

  /**
   * What `logout` can't do by forgetting alone: `host.revoke` for a client of `host.tokens`, ending a session at a
   * portal. Whatever it rejects with, everything kept here is removed.
   */
  signOut?(settings: Settings, host: Host, options: SignOutOptions): Promise<void>
}

export interface SignOutOptions {
  /** Whether the provider's session in the person's browser is to end too. */
  readonly everywhere: boolean
}

/** A signed-in identity. Short-lived: the host drops it when the command ends. */
export interface Identity {
  /** Name for people and audit logs; the default role session name. */
  readonly subject?: string
  /** What `sessionName: '{email}'` and messages may refer to. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Until when it works as it is, if known. */
  readonly expiresAt?: Date
  /** Whether it can be renewed afterwards without asking the person, as far as is known. */
  readonly renewable?: boolean
  /** `never` for a job's ambient token: the next job on this machine may be somebody else. */
  readonly keep?: 'never'
  /** Roles the provider says this identity may take. Leave out when only AWS knows. */
  roles?(): Promise<readonly Role[]>
  /** What to show AWS to become `role`. May be called once for each of many roles. */
  proofFor(role: Role): Promise<Proof>
}

export interface Role {
  readonly accountId: string
  readonly name: string
  /** Absent for Identity Center permission sets, whose role ARN is not known beforehand. */
  readonly arn?: string
  /** SAML provider; the same role can be offered through two. */
  readonly principalArn?: string
  /** What the provider calls the account; a name that the configuration has for it goes before. */
  readonly accountName?: string
  /** Private to the strategy that listed the role; handed back unchanged to `proofFor`. */
  readonly ref?: string
}

/** The three things AWS accepts. The host turns each into credentials; a strategy never calls STS. */
export type Proof =
  | {readonly kind: 'web-identity'; readonly token: string}
  | {
      readonly kind: 'saml'
      /** Response or bare Assertion, base64 or base64url; the host wraps and checks it. */
      readonly document: string
    }
  | {readonly kind: 'credentials'; readonly credentials: AwsCredentials}

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiration: Date
}

/** Everything a strategy may touch outside itself, so that a test can replace all of it. */
export interface Host {
  /** Whether a person can be reached and may be asked now. */
  readonly interactive: boolean
  /** Aborted on Ctrl-C and when the sign-in time limit passes. Hand it to every wait. */
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
  /** `fetch` with the user's proxy and CA settings. */
  readonly fetch: typeof globalThis.fetch
  /** Goes to stderr, each message in one line. Known secrets are masked, and so are parts of them. */
  readonly log: Log
  /** Secrets kept between commands, private to this strategy and these settings. */
  readonly memory: Memory
  readonly ask: Ask
  now(): Date
  sleep(milliseconds: number): Promise<void>
  /** How a person would be asked here and now, after settings, flags and surroundings are weighed. */
  readonly flow: 'browser' | 'device'
  /**
   * Shows an address and a code to type there, with a QR code where that helps, and opens the address where it is at a
   * host that the provider's settings name. Rejects with BAD_RESPONSE an address that is neither https nor loopback.
   */
  showCode(code: {
    readonly url: URL
    /** The same address with the code in it, for the QR code; ignored where it leads elsewhere. */
    readonly completeUrl?: URL
    readonly code: string
    readonly expiresAt: Date
  }): Promise<void>
  /**
   * Tokens for an OIDC client: remembered, refreshed, or from a new sign-in, in that order.
   * `fresh` when the provider has refused the remembered ones. Where the provider says no to this client, the error it
   * rejects with has the provider's own words as `refusal`.
   */
  tokens(client: OidcClient, options?: {readonly fresh?: boolean}): Promise<TokenSet>
  /**
   * One request to the client's token endpoint, authenticated as that client. A 4xx with a JSON body is an answer,
   * for the strategy to judge; anything else unexpected rejects with UNAVAILABLE or BAD_RESPONSE.
   */
  grant(client: OidcClient, form: Readonly<Record<string, string>>): Promise<GrantAnswer>
  /**
   * Ends what `tokens` keeps for a client, at the provider (RFC 7009) and here. Rejects when the provider offers no
   * revocation or does not carry it out.
   */
  revoke(client: OidcClient): Promise<void>
  /**
   * Opens the address where the provider ends the browser's session (OpenID Connect RP-Initiated Logout 1.0); it may
   * ask the person to confirm. Rejects when the provider has no such address.
   */
  endSession(client: OidcClient): Promise<void>
  /** Drives the person's own browser from `start` until it posts a SAML response to AWS; returns that document. */
  samlFromBrowser(start: URL): Promise<string>
  /** Opens a loopback listener for one redirect. */
  listen(options?: ListenOptions): Promise<Callback>
  /** Shows `url` on the terminal and opens it. Rejects anything but `https:` and loopback. */
  openBrowser(url: URL): Promise<void>
  /** Roles named in a SAML response or bare assertion, in base64 or base64url. Rejects with BAD_RESPONSE where it can't be used. */
  rolesIn(samlDocument: string): Promise<readonly Role[]>
  /** Builds the error to throw. `hint` is one thing the person can do now. */
  error(code: StrategyErrorCode, message: string, detail?: {hint?: string; cause?: unknown}): Error
}

/** AWS_REFUSED is for what AWS would surely refuse, where the strategy can say more of it than AWS. */
export type StrategyErrorCode =
  | 'CONFIG_INVALID'
  | 'NOT_APPLICABLE'
  | 'SIGN_IN_REQUIRED'
  | 'SIGN_IN_REFUSED'
  | 'ROLE_NOT_OFFERED'
  | 'AWS_REFUSED'
  | 'TIMED_OUT'
  | 'UNAVAILABLE'
  | 'BAD_RESPONSE'

/** Where secrets rest between commands. The host decides keys, expiry and locking. */
export interface CredentialCache {
  /** `undefined` for an absent or unreadable entry (the host judges time); rejects only when the store is broken. */
  read(key: string): Promise<CacheEntry | undefined>
  write(key: string, entry: CacheEntry): Promise<void>
  remove(key: string): Promise<void>
  /** Rejects when entries can't be kept now. Asked before a person is, who would have to sign in again next time. */
  ready?(): Promise<void>
  /** When an entry ends, where that can be told without opening it. */
  expiresAt?(key: string): Promise<Date | undefined>
  /** Removes the entries this cache has written whose key starts with `prefix`, and nothing else. */
  clear(prefix?: string): Promise<void>
}

export interface CacheEntry {
  /** Opaque, and a secret: never log it. Can be longer than an OS keychain item may be. */
  readonly value: string
  readonly expiresAt: Date
}

/** Default export of the file named under `oclif.hooks["aws-oidc:strategies"]`. */
// biome-ignore lint/suspicious/noExplicitAny: each entry has its own settings type, which the host checks as data.
export type StrategiesHook = () => Promise<Registration<FederationStrategy<any>>>
/** Default export of the file named under `oclif.hooks["aws-oidc:caches"]`. */
export type CachesHook = () => Promise<Registration<CredentialCache, CacheHome>>

export interface Registration<Contract, Input = void> {
  /** The number this plugin was built for. A host that can't serve it refuses the plugin by name. */
  readonly apiVersion: 1
  readonly entries: readonly Entry<Contract, Input>[]
}

/** Cheap to make: nothing heavy is imported until a provider names this `id`. */
export interface Entry<Contract, Input = void> {
  /** What a provider writes: `strategy: keycloak`. Lower case, digits, hyphens. */
  readonly id: string
  readonly summary: string
  load(input: Input): Promise<Contract>
}

export type SettingSpecs<Settings> = {readonly [Name in keyof Settings]-?: SettingSpec<NonNullable<Settings[Name]>>}

// biome-ignore lint/suspicious/noExplicitAny: the default stands for a setting of any type.
export interface SettingSpec<T = any> {
  readonly type: T extends URL
    ? 'url'
    : T extends number
      ? 'integer' | 'duration'
      : T extends boolean
        ? 'boolean'
        : T extends readonly string[]
          ? 'list'
          : T extends string
            ? 'string' | 'path'
            : never
  readonly description: string
  readonly required?: boolean
  readonly default?: T
  readonly oneOf?: readonly T[]
  /** Written only as `{env}`, `{command}` or `{keyring}`; the host resolves it on a cache miss and masks it. */
  readonly secret?: boolean
  /** Asked for and required only when these other settings have these values. */
  readonly when?: Readonly<Record<string, unknown>>
}

export interface CacheHome {
  /** The folder for this cache's own files. Not made yet; the cache makes it, closed to others. */
  readonly directory: string
  readonly log: Log
  readonly interactive: boolean
  readonly signal: AbortSignal
  readonly env: Host['env']
  /** The keyring of the operating system, for a small secret such as a key. */
  readonly keyring: Keyring
  /** Does the work while no other process does such work of this cache; without that guarantee where no lock can be made. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result>
}

/**
 * Named secrets of ours in the operating system's keyring: Secret Service, Keychain or Credential Manager. Each call
 * rejects, within seconds, where there is none, or it is locked, or it does not answer: that differs from "absent".
 */
export interface Keyring {
  get(name: string): Promise<string | undefined>
  /** At most 1280 characters: https://learn.microsoft.com/windows/win32/api/wincred/ns-wincred-credentialw */
  set(name: string, value: string): Promise<void>
  remove(name: string): Promise<void>
}

export interface Finding {
  readonly ok: boolean
  readonly what: string
  /** What to do about it. */
  readonly mend?: string
}

export interface GrantAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** How a provider says no: RFC 6749, 4.1.2.1 and 5.2. */
export interface ProviderRefusal {
  readonly error: string
  readonly description?: string
}

export interface Log {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
}

export interface Memory {
  get(name: string): Promise<string | undefined>
  set(name: string, value: string, expiresAt: Date): Promise<void>
  delete(name: string): Promise<void>
  /** A private directory that outlives the command, for a browser profile. */
  directory(): Promise<string>
}

export interface Ask {
  select<T>(question: string, choices: readonly {readonly label: string; readonly value: T}[]): Promise<T>
  text(question: string): Promise<string>
  secret(question: string): Promise<string>
}

export interface OidcClient {
  /** The issuer, or the address of its metadata document. */
  readonly issuer: URL
  readonly clientId: string
  readonly authentication?:
    | {readonly secret: string}
    | {readonly privateKeyJwt: {readonly key: string; readonly keyId?: string}}
  /** `openid email` when absent, and `offline_access` where the provider lists it. */
  readonly scopes?: readonly string[]
  readonly listen?: ListenOptions
  readonly parameters?: Readonly<Record<string, string>>
}

export interface TokenSet {
  readonly accessToken: string
  readonly idToken?: string
  /** Claims of the verified ID token; empty when there is none. */
  readonly claims: Readonly<Record<string, unknown>>
  readonly expiresAt: Date
  /** Whether they were kept from earlier: the provider may have ended them since, which `fresh` mends. */
  readonly remembered: boolean
  /** Whether the host keeps a refresh token with which it can get new ones. How long that works, providers rarely say. */
  readonly renewable: boolean
}

/** Ports are tried in order; any free port when absent. */
export interface ListenOptions {
  readonly host?: '127.0.0.1' | 'localhost'
  readonly ports?: readonly number[]
  readonly path?: string
}

/** Closes itself after the request that counts, or when the host's `signal` aborts. */
export interface Callback {
  readonly url: URL
  /** The redirect's parameters. With `state`, requests that carry another one are answered and ignored (RFC 6749, 10.12). */
  received(state?: string): Promise<URLSearchParams>
}
