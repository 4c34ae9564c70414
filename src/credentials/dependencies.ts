import type {BrowserPlace} from '../browser/page.ts'
import type {Store} from '../cache/store.ts'
import type {Configuration, Program, ProviderConfiguration} from '../config/schema.ts'
import type {Edit} from '../config/write.ts'
import type {Locks} from '../coordination/lock.ts'
import type {States} from '../coordination/state.ts'
import type {DeviceOffer, FlowChoice} from '../host/flow.ts'
import type {Nobody} from '../host/interactive.ts'
import type {Opening} from '../host/new-sign-in.ts'
import type {AwsConfiguration} from '../outside/aws-configuration.ts'
import type {isOtherUsers} from '../outside/network/loopback-peer.ts'
import type {Network} from '../outside/network/network.ts'
import type {Processes} from '../outside/processes/processes.ts'
import type {Clock} from '../outside/system/clock.ts'
import type {Ask, Host, Keyring, Log} from '../plugin.ts'
import type {InstalledPlugin} from '../registry/fit.ts'
import type {InstallRequest} from '../registry/install.ts'
import type {Registry} from '../registry/registry.ts'
import type {Dialogue} from '../terminal/dialogue.ts'
import type {Screen} from '../terminal/qr.ts'
import type {Message} from '../text/printable.ts'
import type {Secrets} from '../text/secrets.ts'
import type {Issued} from './issued.ts'
import type {Plan, ProfileRequest} from './plan.ts'

/** The configuration, and the strategies and caches that it can name. */
export interface Configured {
  readonly configuration: Configuration
  readonly registry: Registry
}

/** Changes to the configuration file. */
export interface ConfigurationFile {
  /** Changes the configuration file (see settings/edit.ts); `configuration` stays as it was read. */
  readonly editConfiguration: (edit: (now: Configuration) => readonly Edit[]) => Promise<void>
  /** The configuration as an edit would leave it; nothing is written. */
  readonly draftConfiguration: (edit: (now: Configuration) => readonly Edit[]) => Promise<Configuration>
}

export interface Plugins {
  /** Shows a plugin and installs it if the user agrees, so that `registry` knows it; else resolves to `undefined`. */
  readonly installPlugin: (
    request: InstallRequest,
    agrees: () => Promise<boolean>,
  ) => Promise<InstalledPlugin | undefined>
}

/** What outlives this call, and the locks that guard it. */
export interface Storage {
  readonly store: Store
  readonly states: States
  readonly locks: Locks
}

/** This call: when, where, and how it is ended. */
export interface Runtime {
  readonly clock: Clock
  readonly env: Host['env']
  readonly platform: NodeJS.Platform
  readonly home: string | undefined
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal
}

/** Messages to the user, and the secrets to mask in them. */
export interface Messages {
  readonly log: Log
  readonly secrets: Secrets
  /** Tells the user something, on the terminal itself. */
  readonly tell: (message: Message) => void
  /** Says on the terminal how far long work has come, in place of what was said before; `undefined` takes it away. */
  readonly progress: (text: string | undefined) => void
  /** Shows a line on the terminal until the returned function is called. */
  readonly notice: (text: string) => () => void
  /** The terminal that `tell` writes to, if it can show more than plain text. */
  readonly screen: () => Screen | undefined
  /** Whether `tell` may use colours. */
  readonly colours: boolean
}

export interface Networks {
  readonly network: Network
  /** The network for a provider: with its certificate authorities and our certificate for it. */
  readonly networkOf: (provider: ProviderConfiguration) => Network
  /** The same, for requests that nobody waits for: the user is not told of them. */
  readonly silentNetworkOf: (provider: ProviderConfiguration) => Network
}

/** Whether the user may be asked, and how. */
export interface People {
  readonly asking: Asking
  readonly ask: Ask
  /** Questions that end when the signal aborts too. */
  readonly askUntil: (signal: AbortSignal) => Ask
  /** A wizard's questions, where the user can go back. */
  readonly dialogue: Dialogue
  /** Reads all of stdin, where that is no terminal. */
  readonly readStdin: () => Promise<string>
  /** How the user is asked to sign in at a provider, depending on what the provider offers. */
  readonly flowFor: (provider: ProviderConfiguration) => (offer: DeviceOffer) => FlowChoice
}

export interface Browsers {
  /** Shows an address and opens it in a browser, unless `how` says otherwise. */
  readonly openBrowser: (url: URL, how: Opening & {readonly program: Program | undefined}) => Promise<void>
  /** The browser that the user has named for a provider, if any. */
  readonly browserOf: (provider: ProviderConfiguration) => Program | undefined
  /** Opens a page that is not secret. Rejects where no browser can be started for it. */
  readonly openPage: (
    url: URL,
    how: {readonly program: Program | undefined; readonly place: BrowserPlace | undefined},
  ) => Promise<void>
  readonly isOtherUsers: typeof isOtherUsers
  /** Makes the folder for a provider's browser profile. */
  readonly makeBrowserFolder: (providerId: string) => Promise<string>
  readonly removeBrowserFolder: (providerId: string) => Promise<void>
}

/** Where the secrets that the configuration refers to come from. */
export interface SecretSources {
  /** Holds the secrets that the user has put there, referred to as `{keyring: NAME}`. */
  readonly keyring: Keyring
  /** What a program prints, for a secret given as `{command: [...]}`. Rejections contain nothing of what it printed. */
  readonly output: (
    program: string,
    args: readonly string[],
    limits: {readonly providerId: string; readonly milliseconds: number; readonly signal: AbortSignal},
  ) => Promise<string>
}

/** The files that AWS tools read, and the program that they start. */
export interface AwsTools {
  readonly awsConfiguration: () => Promise<AwsConfiguration>
  /** The launcher for AWS tools to start instead of `ownProgram`, if it can be used; installed only if `written`. */
  readonly launcher: (
    ownProgram: AwsConfiguration['ownProgram'],
    how: {readonly written: boolean},
  ) => Promise<string | undefined>
  /** Makes private files, without credentials, for one program's AWS tools. Rejects with OUTPUT_FAILED if it can't. */
  readonly makeAwsFiles: (name: string) => Promise<AwsFiles>
}

export interface OtherFiles {
  /** The text of another program's file; `undefined` if there is none. Rejects with CONFIG_INVALID if unreadable. */
  readonly readText: (path: string) => Promise<string | undefined>
}

export interface Programs {
  readonly runInForeground: Processes['runInForeground']
}

export interface Listeners {
  /** Told of credentials from a request's only provider, before they are returned. Never rejects. */
  readonly onIssued: (plan: Plan, request: ProfileRequest, issued: Issued) => Promise<void>
}

/** Everything that use cases depend on. Only wiring/ makes it, and no function takes it as a whole. */
export interface Dependencies
  extends Configured,
    ConfigurationFile,
    Plugins,
    Storage,
    Runtime,
    Messages,
    Networks,
    People,
    Browsers,
    SecretSources,
    AwsTools,
    OtherFiles,
    Programs,
    Listeners {}

/** For requests to STS, and messages about them. */
export type StsDependencies = Runtime & Messages & Networks

/** For a role's credentials, after a sign-in. */
export type RoleDependencies = StsDependencies & Storage & Pick<People, 'asking'>

/** For a sign-in, including whatever its strategy may use through the host. */
export type SignInDependencies = Configured & Storage & StsDependencies & People & Browsers & SecretSources

/** For a profile's credentials, cached or new. */
export type CredentialsDependencies = SignInDependencies & Listeners

/** For writing our profiles into the AWS tools' files. */
export type SyncDependencies = SignInDependencies & AwsTools

/** For setting up a provider and a profile, which are tried before they are saved. */
export type SetupDependencies = SyncDependencies & ConfigurationFile & Plugins

/** Whether the user may be asked in this call; decided once. */
export interface Asking {
  readonly interactive: boolean
  /** Why nobody may be asked, where the surroundings or a setting forbid it. */
  readonly nobody?: Nobody | undefined
  /** Whether the user typed a command that asks them to sign in: a hint to run `login` is no help then. */
  readonly byLogin?: boolean
  /** Whether earlier failures don't stop this call from asking: `login`, and `interactive: always`. */
  readonly ignoresBrake: boolean
  /** Whether stdin is a terminal, so that somebody sits there. */
  readonly attended: boolean
  /** Whether questions may be read from the terminal: in commands that the user types to be asked, such as `login`. */
  readonly mayRead: boolean
}

export interface AwsFiles {
  /** The environment variables that lead AWS tools to these files. */
  readonly variables: Readonly<Record<string, string>>
  /** Writes the `config`. */
  write(config: string): Promise<void>
  remove(): Promise<void>
}
