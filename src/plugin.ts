/**
 * The contract between the host and every strategy or cache.
 *
 * Types only: import them with `import type {…} from 'aws-oidc/plugin'`. A plugin touches the host only through the
 * `Host` or `CacheHome` it gets. Errors are recognized by their `code`, never by class.
 */

/** Signs a user or a CI job in to one kind of identity provider. */
export interface FederationStrategy<Settings extends object = object> {
  /** The settings that a provider may have for this strategy. The host parses and checks them before `signIn`. */
  readonly settings: SettingSpecs<Settings>

  /**
   * Signs in and returns the identity.
   *
   * Called on every cache miss, so ask the user only when nothing in `host.memory` still works.
   * When `host.interactive` is false, never ask: reject with `SIGN_IN_REQUIRED` instead.
   */
  signIn(settings: Settings, host: Host): Promise<Identity>

  /**
   * The provider's issuer or the address of its metadata, once the settings determine it. `setup` calls this after each
   * answer and checks that address while the user continues.
   */
  issuer?(settings: Partial<Settings>): URL | undefined

  /**
   * Checks the provider's side for `doctor`, with no user to ask, an empty memory and only seconds to run. Reject with
   * SIGN_IN_REQUIRED if a check needs a sign-in; that does not count as a problem.
   */
  check?(settings: Settings, host: Host): Promise<readonly Finding[]>

  /**
   * Ends the sign-in at the provider: calls `host.revoke` for each client passed to `host.tokens`, or ends a portal
   * session. `logout` deletes everything stored locally even if this rejects, or does not end: it gets a minute, and is
   * given up at once on Ctrl-C.
   */
  signOut?(settings: Settings, host: Host, options: SignOutOptions): Promise<void>

  /**
   * What a refusal means at this provider, and what to do; `undefined` for one that it does not know. Asked where an
   * error of `host` with a `refusal` ends a sign-in, and by `doctor` where the provider refuses its sign-in page. Answers
   * at once, without the host: if it throws, the user sees the refusal without a meaning.
   */
  describeRefusal?(refusal: ProviderRefusal, settings: Settings): RefusalMeaning | undefined
}

/** What the host adds to its own words for a refusal, which quote the provider. */
export interface RefusalMeaning {
  /** Whole sentences that follow the quotation, on the same line. */
  readonly message: string
  /** One thing the user can do now, instead of the host's own hint. */
  readonly hint?: string
}

export interface SignOutOptions {
  /** Whether to end the provider's session in the user's browser too. */
  readonly everywhere: boolean
}

/** A signed-in identity. Short-lived: the host drops it when the command ends. */
export interface Identity {
  /** Display name, also for audit logs; the default role session name. */
  readonly subject?: string
  /** Claims that `sessionName: '{email}'` and messages may refer to. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** When the identity stops working unless it is renewed, if known. */
  readonly expiresAt?: Date
  /** Whether it can then be renewed without asking the user, as far as is known. */
  readonly renewable?: boolean
  /** `never` for a CI job's ambient token: the next job on this machine may have another identity. */
  readonly keep?: 'never'
  /** Roles the provider says this identity may take. Leave out when only AWS knows. */
  roles?(): Promise<readonly Role[]>
  /**
   * The same roles in parts, used instead of `roles`: for a provider that takes long to list them. If it throws, `aws-oidc
   * roles` shows what came before, and why there is no more.
   */
  rolesInParts?(listing: RoleListing): AsyncIterable<RolePart>
  /**
   * One role, found without listing all. Resolves to `undefined` if this identity may not take it, and to no other role
   * than the one that was asked for.
   */
  findRole?(wanted: WantedRole): Promise<Role | undefined>
  /** The proof that AWS exchanges for credentials of `role`. May be called once for each of many roles. */
  proofFor(role: Role): Promise<Proof>
  /**
   * The proof and its role, where the provider chooses that role itself, as a Cognito identity pool does. The host calls
   * it instead of `roles` and `proofFor` if no role is set; `proofFor` may then reject with ROLE_NOT_OFFERED.
   */
  assigned?(): Promise<AssignedRole>
}

export interface AssignedRole {
  readonly proof: Proof
  /** Leave it out if the provider does not tell: the host then asks AWS whose credentials the proof has. */
  readonly role?: Role
}

export interface RoleListing {
  /** Whether to ask the provider even if a list was kept: `aws-oidc roles --refresh`. */
  readonly refresh: boolean
  /** Aborts on Ctrl-C. A part that takes longer than five minutes is given up as well. */
  readonly signal: AbortSignal
}

/** Some of the roles, and how far the listing has come. */
export interface RolePart {
  readonly roles: readonly Role[]
  /** Shown on a terminal, such as "Listing roles: 120 of 500 accounts." */
  readonly progress?: {
    readonly done: number
    /** Leave it out if it is not known. */
    readonly total?: number
    /** What is counted, in the plural: `accounts`. */
    readonly unit: string
  }
  /** What could not be listed, such as an account that is suspended. The other roles are listed all the same. */
  readonly omitted?: readonly Omission[]
}

export interface Omission {
  /** Such as the account. */
  readonly what: string
  /** In the provider's words, without a full stop. */
  readonly why: string
}

/** A role as a user writes it: `production/ReadOnly`. */
export interface WantedRole {
  /** The account's number, name or e-mail address. */
  readonly account: string
  readonly name: string
}

export interface Role {
  readonly accountId: string
  readonly name: string
  /** Absent for Identity Center permission sets, whose role ARN is not known beforehand. */
  readonly arn?: string
  /** ARN of the IAM SAML provider; the same role can be offered through two. */
  readonly principalArn?: string
  /** The provider's name for the account; a name in the configuration takes precedence. */
  readonly accountName?: string
  /** The e-mail address of the account's root user, by which organizations tell accounts with one name apart. */
  readonly accountEmail?: string
  /** Private to the strategy that listed the role; handed back unchanged to `proofFor`. */
  readonly ref?: string
}

/** The three things AWS accepts. The host turns each into credentials; a strategy never calls STS. */
export type Proof =
  | {readonly kind: 'web-identity'; readonly token: string}
  | {
      readonly kind: 'saml'
      /** A response or a bare assertion in base64 or base64url; the host checks it, and wraps a bare assertion. */
      readonly document: string
    }
  | {readonly kind: 'credentials'; readonly credentials: AwsCredentials}

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiration: Date
}

/** Everything outside itself that a strategy may use, so that a test can replace all of it. */
export interface Host {
  /** Whether a user can be reached and may be asked now. */
  readonly interactive: boolean
  /** Aborts on Ctrl-C and when the sign-in time limit passes. Pass it to everything that waits. */
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
  /** `fetch` with the user's proxy and CA settings. */
  readonly fetch: typeof globalThis.fetch
  /** Writes to stderr, one line per message. Masks known secrets and recognizable parts of them. */
  readonly log: Log
  /** Secrets kept between commands, private to this strategy and these settings. */
  readonly memory: Memory
  /** Questions on the terminal. Reject with SIGN_IN_REQUIRED if nobody may be asked, or stdin ends first. */
  readonly ask: Ask
  /**
   * Shows one line on the terminal, such as "Touch your security key.", until the returned function is called, a question
   * is asked, or the call into the plugin ends. Where the terminal can't take a line back, or there is none, the line is
   * written once to the terminal or to stderr, and stays.
   */
  notice?(text: string): () => void
  now(): Date
  sleep(milliseconds: number): Promise<void>
  /** How the user would sign in, as chosen from the settings, the flags and the environment. */
  readonly flow: 'browser' | 'device'
  /**
   * Shows an address and the code to type there. If the provider's settings name its host, also shows a QR code and
   * opens the address, where possible. Rejects with BAD_RESPONSE if the address is neither https nor loopback.
   */
  showCode(code: {
    readonly url: URL
    /** The same address with the code in it, for the QR code; ignored if its origin differs. */
    readonly completeUrl?: URL
    readonly code: string
    readonly expiresAt: Date
  }): Promise<void>
  /**
   * Tokens for an OIDC client: remembered, refreshed, or from a new sign-in, in that order. Pass `fresh` if the
   * provider refused the remembered ones. If it refuses this client, the error has a ProviderRefusal as `refusal`.
   */
  tokens(client: OidcClient, options?: {readonly fresh?: boolean}): Promise<TokenSet>
  /**
   * Sends one request to the token endpoint, authenticated as `client`. A 4xx answer with a JSON body resolves, for the
   * strategy to judge; any other unexpected answer rejects with UNAVAILABLE or BAD_RESPONSE.
   */
  grant(client: OidcClient, form: Readonly<Record<string, string>>): Promise<GrantAnswer>
  /**
   * Revokes the tokens of a client at the provider (RFC 7009) and deletes them here. Rejects if the provider offers no
   * revocation or fails to revoke; they are deleted here all the same.
   */
  revoke(client: OidcClient): Promise<void>
  /**
   * Opens the address where the provider ends the browser's session (OpenID Connect RP-Initiated Logout 1.0). The
   * provider may ask the user to confirm. Rejects if the provider has no such address.
   */
  endSession(client: OidcClient): Promise<void>
  /** Drives the user's browser from `start` to the SAML response it posts to AWS. This version always rejects. */
  samlFromBrowser(start: URL): Promise<string>
  /** Opens a loopback listener for one redirect. Rejects with SIGN_IN_REQUIRED if nobody may be asked. */
  listen(options?: ListenOptions): Promise<Callback>
  /** Shows `url` on the terminal and opens it where possible. Rejects anything but `https:` and loopback. */
  openBrowser(url: URL): Promise<void>
  /** Roles in a SAML response or bare assertion (base64 or base64url). Rejects with BAD_RESPONSE if it is unusable. */
  rolesIn(samlDocument: string): Promise<readonly Role[]>
  /** Builds the error to throw. `hint` is one thing the user can do now. */
  error(code: StrategyErrorCode, message: string, detail?: {hint?: string; cause?: unknown}): Error
}

/** Use AWS_REFUSED only if AWS would certainly refuse and the strategy can explain why better than AWS does. */
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

/** Stores secrets between commands. The host decides on keys, expiry and locking. */
export interface CredentialCache {
  /** `undefined` if absent or unreadable. The host judges expiry. Rejects only when the store is broken. */
  read(key: string): Promise<CacheEntry | undefined>
  write(key: string, entry: CacheEntry): Promise<void>
  remove(key: string): Promise<void>
  /** Rejects when entries can't be stored now. Called before a sign-in, so that its result is not lost. */
  ready?(): Promise<void>
  /** When an entry expires, for a cache that can tell without decrypting the entry. */
  expiresAt?(key: string): Promise<Date | undefined>
  /** Removes the entries written by this cache whose key starts with `prefix`, and nothing else. */
  clear(prefix?: string): Promise<void>
}

export interface CacheEntry {
  /** An opaque secret: never log it. It can be too long for an OS keychain item. */
  readonly value: string
  readonly expiresAt: Date
}

/** Default export of the file named under `oclif.hooks["aws-oidc:strategies"]`. */
// biome-ignore lint/suspicious/noExplicitAny: each entry has its own settings type, which the host checks as data.
export type StrategiesHook = () => Promise<Registration<FederationStrategy<any>>>
/** Default export of the file named under `oclif.hooks["aws-oidc:caches"]`. */
export type CachesHook = () => Promise<Registration<CredentialCache, CacheHome>>

export interface Registration<Contract, Input = void> {
  /** The contract version this plugin was built for. A host that does not support it refuses the plugin by name. */
  readonly apiVersion: 1
  readonly entries: readonly Entry<Contract, Input>[]
}

/** Must be cheap to create: import nothing heavy before `load`, which the host calls only for an `id` in use. */
export interface Entry<Contract, Input = void> {
  /**
   * The name used in the configuration, as in `strategy: keycloak`: lower-case letters, digits and hyphens, beginning
   * with a letter.
   */
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
  /** Configured only as `{env}`, `{command}` or `{keyring}`. The host resolves it on a cache miss and masks it. */
  readonly secret?: boolean
  /** Asked for and required only when the other settings named here have these values. */
  readonly when?: Readonly<Record<string, unknown>>
}

export interface CacheHome {
  /** The directory for this cache's own files. The cache must create it, inaccessible to other users. */
  readonly directory: string
  readonly log: Log
  readonly interactive: boolean
  readonly signal: AbortSignal
  readonly env: Host['env']
  /** The operating system's keyring, for a small secret such as a key. */
  readonly keyring: Keyring
  /** Runs `work` under a lock shared with other processes, or without it if no lock can be made. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result>
}

/**
 * Our named secrets in the operating system's keyring: Secret Service, Keychain or Credential Manager. Calls reject if
 * there is no keyring, it is locked, or it does not answer within seconds. An absent secret is `undefined` instead.
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
  /** How to fix it. */
  readonly mend?: string
}

export interface GrantAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** An OAuth error as the provider sent it: RFC 6749, 4.1.2.1 and 5.2. */
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
  /**
   * Whether a question would reach somebody at a terminal now. Not the same as `Host.interactive`: a browser may reach the
   * user where no terminal does. Where it is not true, a question is still put to stdin, which may be a pipe with answers.
   */
  readonly available?: boolean
  select<T>(
    question: string,
    choices: readonly {readonly label: string; readonly value: T}[],
    options?: AskOptions,
  ): Promise<T>
  text(question: string, options?: AskOptions): Promise<string>
  secret(question: string, options?: AskOptions): Promise<string>
}

export interface AskOptions {
  /**
   * Milliseconds, more than 0, after which the question is taken away and rejects with TIMED_OUT, such as the life of a
   * one-time code. The time limit of the sign-in holds as well. Earlier hosts ignore it.
   */
  readonly timeout?: number
}

export interface OidcClient {
  /** The issuer, or the address of its metadata document. */
  readonly issuer: URL
  readonly clientId: string
  /** How the client authenticates, unless it is public. This version rejects `privateKeyJwt` with CONFIG_INVALID. */
  readonly authentication?: ClientSecret | {readonly privateKeyJwt: {readonly key: string; readonly keyId?: string}}
  /** Default: `openid email`. To renew, the host adds `offline_access` if the provider lists it, except at Keycloak. */
  readonly scopes?: readonly string[]
  readonly listen?: ListenOptions
  /** Further parameters of the authorization and device authorization requests. */
  readonly parameters?: Readonly<Record<string, string>>
  /**
   * Further parameters of each token request, such as `audience` or `resource` (RFC 8707), but none that the protocol
   * sets. Clients that differ only in these share one sign-in; their tokens are kept apart.
   */
  readonly tokenParameters?: Readonly<Record<string, string>>
  /**
   * Headers of each request that the host makes to this provider, as gateways in front of it want them, but none that
   * the protocol sets. Their values are masked. The user's browser does not send them.
   */
  readonly headers?: Readonly<Record<string, string>>
  /** Where a provider has no metadata document: then none is asked for. */
  readonly endpoints?: OidcEndpoints
  /**
   * How to ask for a refresh token if one is wanted: by the scope `offline_access` even if the provider does not list
   * it; not at all; or by parameters of the authorization request, such as Google's `access_type: offline`.
   */
  readonly offlineAccess?: 'scope' | 'none' | {readonly parameters: Readonly<Record<string, string>>}
}

/** `https:` or loopback. What is left out is not offered. */
export interface OidcEndpoints {
  readonly token: URL
  readonly authorization?: URL
  readonly deviceAuthorization?: URL
  /** Needed for ID tokens: their signatures are always checked. */
  readonly jwks?: URL
  readonly revocation?: URL
  readonly endSession?: URL
  /** `iss` as it is in ID tokens, if not the client's `issuer` without a slash at its end. */
  readonly issuer?: string
}

/** PKCE is used all the same, so this is also for programs whose "secret" anybody can read, as Google's desktop clients. */
export interface ClientSecret {
  readonly secret: string
  /** HTTP Basic or form body (RFC 6749, 2.3.1). Default: Basic, unless the provider lists methods without it. */
  readonly method?: 'basic' | 'post'
}

export interface TokenSet {
  readonly accessToken: string
  readonly idToken?: string
  /** Claims of the verified ID token; empty if there is no ID token. */
  readonly claims: Readonly<Record<string, unknown>>
  readonly expiresAt: Date
  /** Whether the tokens come from the memory: if the provider has ended them since, call `tokens` with `fresh`. */
  readonly remembered: boolean
  /** Whether the host keeps a refresh token to renew them. Providers rarely say how long a refresh token lives. */
  readonly renewable: boolean
}

/** Tries `ports` in order; without `ports`, takes any free port. */
export interface ListenOptions {
  readonly host?: '127.0.0.1' | 'localhost'
  readonly ports?: readonly number[]
  readonly path?: string
}

/** A listener that closes itself after the redirect has arrived, or when the host's `signal` aborts. */
export interface Callback {
  readonly url: URL
  /** The redirect's parameters. With `state`, ignores requests that carry another state (RFC 6749, 10.12). */
  received(state?: string): Promise<URLSearchParams>
}
