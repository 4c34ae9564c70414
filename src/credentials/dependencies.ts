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
import type {InstalledPlugin, InstallRequest} from '../registry/install.ts'
import type {Registry} from '../registry/registry.ts'
import type {Dialogue} from '../terminal/dialogue.ts'
import type {Screen} from '../terminal/qr.ts'
import type {Message} from '../text/printable.ts'
import type {Secrets} from '../text/secrets.ts'
import type {Issued} from './issued.ts'
import type {Plan, ProfileRequest} from './plan.ts'

/** What the configuration says, and the plugins that it names. */
export interface Configured {
  readonly configuration: Configuration
  readonly registry: Registry
}

/** The file of the configuration. */
export interface ConfigurationFile {
  /** Changes the configuration's file, as settings/edit.ts says; `configuration` here stays what was read. */
  readonly editConfiguration: (edit: (now: Configuration) => readonly Edit[]) => Promise<void>
  /** The configuration as an edit would leave it; nothing is written. */
  readonly draftConfiguration: (edit: (now: Configuration) => readonly Edit[]) => Promise<Configuration>
}

export interface Plugins {
  /** Installs a plugin once a person has seen what it is and agrees, for `registry` to know; else `undefined`. */
  readonly installPlugin: (
    request: InstallRequest,
    agrees: () => Promise<boolean>,
  ) => Promise<InstalledPlugin | undefined>
}

/** What outlives this call, and who may write it. */
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

/** What is said, and what of it is secret. */
export interface Messages {
  readonly log: Log
  readonly secrets: Secrets
  /** To the person, on the terminal itself. */
  readonly tell: (told: Message) => void
  /** The terminal that `tell` writes to, where it is one that can show more than plain text. */
  readonly screen: () => Screen | undefined
  /** Whether `tell` may use colours. */
  readonly colours: boolean
}

export interface Networks {
  readonly network: Network
  /** The network as that provider is reached: with its own authorities and our certificate for it. */
  readonly networkOf: (provider: ProviderConfiguration) => Network
  /** The same, for requests that nobody waits for: the person is not told of them. */
  readonly silentNetworkOf: (provider: ProviderConfiguration) => Network
}

/** Who may be asked, and how. */
export interface People {
  readonly asking: Asking
  readonly ask: Ask
  /** Questions that end when the signal aborts too. */
  readonly askUntil: (signal: AbortSignal) => Ask
  /** Questions of a wizard, which may be gone back from. */
  readonly dialogue: Dialogue
  /** All that comes from stdin, where that is no terminal. */
  readonly readStdin: () => Promise<string>
  /** How a person is asked to sign in at that provider, depending on what it offers. */
  readonly flowFor: (provider: ProviderConfiguration) => (offer: DeviceOffer) => FlowChoice
}

export interface Browsers {
  /** Shows an address and opens it, each where it is to be. */
  readonly openBrowser: (url: URL, how: Opening & {readonly program: Program | undefined}) => Promise<void>
  /** The browser that the person has named for a provider, if any. */
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

/** Where a secret of the configuration may come from. */
export interface SecretSources {
  /** For secrets that a person has put there, named as `{keyring: NAME}`. */
  readonly keyring: Keyring
  /** What a program prints, for a secret of that provider named as `{command: [...]}`. Rejects in words that hold nothing of that. */
  readonly output: (
    program: string,
    args: readonly string[],
    limits: {readonly providerId: string; readonly milliseconds: number; readonly signal: AbortSignal},
  ) => Promise<string>
}

/** What the AWS tools read, and start. */
export interface AwsTools {
  readonly awsConfiguration: () => Promise<AwsConfiguration>
  /** The launcher that AWS tools are to start instead of our program, and whether it is to be there or only named. */
  readonly launcher: (
    ownProgram: AwsConfiguration['ownProgram'],
    how: {readonly written: boolean},
  ) => Promise<string | undefined>
  /** Makes private files for the AWS tools of one program, without credentials. Rejects with OUTPUT_FAILED where there is no place. */
  readonly makeAwsFiles: (name: string) => Promise<AwsFiles>
}

export interface OtherFiles {
  /** The text of a file of another program, or `undefined` where there is none. Rejects with CONFIG_INVALID. */
  readonly readText: (path: string) => Promise<string | undefined>
}

export interface Programs {
  readonly runInForeground: Processes['runInForeground']
}

export interface Listeners {
  /** Told of what the only provider of a profile has issued, before it is handed on. Never rejects. */
  readonly onIssued: (plan: Plan, request: ProfileRequest, issued: Issued) => Promise<void>
}

/** All that use cases work with. Only wiring/ makes it, and no function takes it as a whole. */
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

/** For requests to STS, and for what is said of them. */
export type StsDependencies = Runtime & Messages & Networks

/** For credentials of a role, where somebody has signed in. */
export type RoleDependencies = StsDependencies & Storage & Pick<People, 'asking'>

/** For a sign-in, whatever its strategy wants of the host. */
export type SignInDependencies = Configured & Storage & StsDependencies & People & Browsers & SecretSources

/** For credentials of a profile, from wherever they come. */
export type CredentialsDependencies = SignInDependencies & Listeners

/** For our profiles in the files of the AWS tools. */
export type SyncDependencies = SignInDependencies & AwsTools

/** For a provider and a profile that are tried before they are saved. */
export type SetupDependencies = SyncDependencies & ConfigurationFile & Plugins

/** Who may be asked in this call; decided once. */
export interface Asking {
  readonly interactive: boolean
  /** Why nobody may be asked, where that is not this program's own decision. */
  readonly nobody?: Nobody | undefined
  /** Whether somebody typed a command whose purpose is to be asked: `login` is no advice for them. */
  readonly byLogin?: boolean
  /** `login`, and those who say that somebody is always there, are not held back by earlier failures. */
  readonly ignoresBrake: boolean
  /** Whether somebody sits at a terminal that is our stdin. */
  readonly attended: boolean
  /** Whether questions may be read from the terminal: in `login` only. */
  readonly mayRead: boolean
}

export interface AwsFiles {
  /** What leads the AWS tools to them. */
  readonly variables: Readonly<Record<string, string>>
  /** Writes the `config`. */
  write(config: string): Promise<void>
  remove(): Promise<void>
}
