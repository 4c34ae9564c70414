/** The configuration as the rest of the program sees it: checked, with names for what is absent. */
export interface Configuration {
  /** Where it was read from, for messages. */
  readonly path: string
  /** Where a setting stands, as `file:line:column`. */
  readonly locate: (setting: readonly string[]) => string
  /** Whether there is a file at all. */
  readonly found: boolean
  readonly cache: string
  /** Whether role credentials may rest in memory, unsealed, for calls that start nothing. */
  readonly hotCopies: 'auto' | 'never'
  readonly interactive: Interactive
  readonly browser: Program | undefined
  /** Names of plugins, or patterns with `*`; without it, any may be installed and used. */
  readonly allowedPlugins: readonly string[] | undefined
  /** What AWS accounts are called, by their ids. */
  readonly accounts: ReadonlyMap<string, string>
  readonly providers: Readonly<Record<string, ProviderConfiguration>>
  readonly profiles: Readonly<Record<string, ProfileConfiguration>>
}

export type Interactive = 'auto' | 'always' | 'never'

/** A program and its first arguments. */
export type Program = readonly [string, ...string[]]

export interface ProviderConfiguration {
  readonly name: string
  readonly strategy: string
  /** The strategy's own settings as written; they are checked against its specs when the provider is used. */
  readonly own: Readonly<Record<string, unknown>>
  /** All settings as written. They are what makes this provider differ from another. */
  readonly written: Readonly<Record<string, unknown>>
  readonly defaultRole: string | undefined
  readonly durationSeconds: number | undefined
  readonly sessionName: string | undefined
  /** How to sign in there, where nothing is said on the command line. */
  readonly flow: 'auto' | 'browser' | 'device'
  /** Hosts besides the provider's own at which codes may be entered. */
  readonly deviceHosts: readonly string[]
  readonly browser: Program | undefined
  readonly redirect: RedirectConfiguration
  readonly pages: {readonly success?: URL | undefined; readonly failure?: URL | undefined}
  readonly parameters: Readonly<Record<string, string>>
  /** Whether a refresh token is asked for and kept. */
  readonly rememberSignIn: boolean
  readonly tls: TlsConfiguration | undefined
}

/** Files as written: relative to the configuration's folder, or from `~`. */
export interface TlsConfiguration {
  readonly ca: NamedFile | undefined
  readonly cert: NamedFile | undefined
  readonly key: NamedFile | undefined
}

export interface NamedFile {
  readonly path: string
  /** File, line, column and name of the setting. */
  readonly place: string
}

export interface RedirectConfiguration {
  readonly host?: '127.0.0.1' | 'localhost' | undefined
  readonly ports?: readonly number[] | undefined
  readonly path?: string | undefined
}

export interface ProfileConfiguration {
  readonly name: string
  /** All settings as written. */
  readonly written: Readonly<Record<string, unknown>>
  /** The first that applies here; empty for a profile with a `source`. */
  readonly providers: readonly string[]
  /** The profile whose credentials take this one's role. */
  readonly source: string | undefined
  readonly role: string | undefined
  readonly region: string | undefined
  /** Of the AWS tools; nothing to us. */
  readonly output: string | undefined
  readonly durationSeconds: number | undefined
  readonly sessionName: string | undefined
  readonly externalId: string | undefined
  readonly tags: Readonly<Record<string, string>> | undefined
  /** Names of those tags that go on to the roles switched to from this one. */
  readonly transitiveTags: readonly string[] | undefined
  readonly sourceIdentity: string | undefined
  readonly policy: string | undefined
  readonly policyArns: readonly string[] | undefined
  readonly sts: StsConfiguration
}

export interface StsConfiguration {
  readonly region?: string | undefined
  readonly endpoint?: URL | undefined
  readonly fips?: boolean | undefined
  readonly dualstack?: boolean | undefined
}
