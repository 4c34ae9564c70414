/** The configuration as the rest of the program sees it: checked, and with defaults. */
export interface Configuration {
  /** The path of the file, for messages. */
  readonly path: string
  /** The position of a setting, as `file:line:column`. */
  readonly locate: (setting: readonly string[]) => string
  /** Whether the file exists. */
  readonly found: boolean
  readonly cache: string
  /** Whether hot copies are allowed: role credentials in memory, unsealed, for calls that start no other process. */
  readonly hotCopies: 'auto' | 'never'
  readonly interactive: Interactive
  readonly browser: Program | undefined
  /** Names of plugins, or patterns with `*`; `undefined` allows any to be installed and used. */
  readonly allowedPlugins: readonly string[] | undefined
  /** The only version and content of a plugin that may be used, by the plugin's name. */
  readonly pinnedPlugins: ReadonlyMap<string, PluginPin>
  /** The names of AWS accounts, by id. */
  readonly accounts: ReadonlyMap<string, string>
  readonly providers: Readonly<Record<string, ProviderConfiguration>>
  readonly profiles: Readonly<Record<string, ProfileConfiguration>>
}

export interface PluginPin {
  readonly version: string
  /** As npm notes it: a hash of the package, such as `sha512-...`. */
  readonly integrity: string | undefined
}

export type Interactive = 'auto' | 'always' | 'never'

/** A program and its first arguments. */
export type Program = readonly [string, ...string[]]

export interface ProviderConfiguration {
  readonly name: string
  readonly strategy: string
  /** The strategy's own settings as written; they are checked against its specs when the provider is used. */
  readonly own: Readonly<Record<string, unknown>>
  /** All settings as written. They distinguish this provider from others. */
  readonly written: Readonly<Record<string, unknown>>
  readonly defaultRole: string | undefined
  readonly durationSeconds: number | undefined
  readonly sessionName: string | undefined
  /** How to sign in, unless the command line says otherwise. */
  readonly flow: 'auto' | 'browser' | 'device'
  /** Additional hosts at which device codes may be entered. */
  readonly deviceHosts: readonly string[]
  readonly browser: Program | undefined
  readonly redirect: RedirectConfiguration
  readonly pages: {readonly success?: URL | undefined; readonly failure?: URL | undefined}
  readonly parameters: Readonly<Record<string, string>>
  /** Whether to request and keep a refresh token. */
  readonly rememberSignIn: boolean
  readonly tls: TlsConfiguration | undefined
}

/** Paths as written: relative to the configuration's folder, or from `~`. */
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
  /** The first applicable one is used; empty for a profile with a `source`. */
  readonly providers: readonly string[]
  /** The profile whose credentials assume this one's role. */
  readonly source: string | undefined
  readonly role: string | undefined
  readonly region: string | undefined
  /** For the AWS tools; we ignore it. */
  readonly output: string | undefined
  readonly durationSeconds: number | undefined
  readonly sessionName: string | undefined
  readonly externalId: string | undefined
  readonly tags: Readonly<Record<string, string>> | undefined
  /** Names of the tags that are passed on to the roles switched to from this one. */
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
