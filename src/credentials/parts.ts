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
import type {InstalledPlugin, InstallWish} from '../registry/install.ts'
import type {Registry} from '../registry/registry.ts'
import type {Dialogue} from '../terminal/dialogue.ts'
import type {Screen} from '../terminal/qr.ts'
import type {Told} from '../text/printable.ts'
import type {Secrets} from '../text/secrets.ts'
import type {Issued} from './issued.ts'
import type {Plan, Wish} from './plan.ts'

/** What the tasks work with; put together in wiring/. */
export interface Parts {
  readonly configuration: Configuration
  /** Changes the configuration's file, as settings/edit.ts says; `configuration` here stays what was read. */
  readonly editConfiguration: (edit: (now: Configuration) => readonly Edit[]) => Promise<void>
  /** The configuration as an edit would leave it; nothing is written. */
  readonly draftConfiguration: (edit: (now: Configuration) => readonly Edit[]) => Promise<Configuration>
  readonly registry: Registry
  /** Installs a plugin once a person has seen what it is and agrees, for `registry` to know; else `undefined`. */
  readonly installPlugin: (wish: InstallWish, agrees: () => Promise<boolean>) => Promise<InstalledPlugin | undefined>
  readonly store: Store
  /** Told of what the only provider of a profile has issued, before it is handed on. Never rejects. */
  readonly onIssued: (plan: Plan, wish: Wish, issued: Issued) => Promise<void>
  readonly states: States
  readonly locks: Locks
  readonly clock: Clock
  readonly network: Network
  /** The network as that provider is reached: with its own authorities and our certificate for it. */
  readonly networkOf: (provider: ProviderConfiguration) => Network
  /** The same, for requests that nobody waits for: the person is not told of them. */
  readonly silentNetworkOf: (provider: ProviderConfiguration) => Network
  readonly platform: NodeJS.Platform
  readonly env: Host['env']
  readonly log: Log
  readonly secrets: Secrets
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal
  /** To the person, on the terminal itself. */
  readonly tell: (told: Told) => void
  /** The terminal that `tell` writes to, where it is one that can show more than plain text. */
  readonly screen: () => Screen | undefined
  /** Whether `tell` may use colours. */
  readonly colours: boolean
  readonly home: string | undefined
  /** The text of a file of another program, or `undefined` where there is none. Rejects with CONFIG_INVALID. */
  readonly readText: (path: string) => Promise<string | undefined>
  readonly ask: Ask
  /** Questions of a wizard, which may be gone back from. */
  readonly dialogue: Dialogue
  /** All that comes from stdin, where that is no terminal. */
  readonly readStdin: () => Promise<string>
  /** Questions that end when the signal aborts too. */
  readonly askUntil: (signal: AbortSignal) => Ask
  /** How a person is asked to sign in at that provider, depending on what it offers. */
  readonly flowFor: (provider: ProviderConfiguration) => (offer: DeviceOffer) => FlowChoice
  /** For secrets that a person has put there, named as `{keyring: NAME}`. */
  readonly keyring: Keyring
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
  /** Makes private files for the AWS tools of one program, without credentials. Rejects with OUTPUT_FAILED where there is no place. */
  readonly makeAwsFiles: (name: string) => Promise<AwsFiles>
  readonly runInForeground: Processes['runInForeground']
  /** What a program prints, for a secret of that provider named as `{command: [...]}`. Rejects in words that hold nothing of that. */
  readonly output: (
    program: string,
    args: readonly string[],
    limits: {readonly providerId: string; readonly milliseconds: number; readonly signal: AbortSignal},
  ) => Promise<string>
  /** Makes the folder for a provider's browser profile. */
  readonly makeBrowserFolder: (providerId: string) => Promise<string>
  readonly removeBrowserFolder: (providerId: string) => Promise<void>
  readonly awsConfiguration: () => Promise<AwsConfiguration>
  /** The launcher that AWS tools are to start instead of our program, and whether it is to be there or only named. */
  readonly launcher: (
    ownProgram: AwsConfiguration['ownProgram'],
    how: {readonly written: boolean},
  ) => Promise<string | undefined>
  readonly asking: Asking
}

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
