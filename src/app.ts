import {join} from 'node:path'
import {type CompletedShell, setUps, usualShell} from './completion/shells.ts'
import {readConfiguration} from './config/read.ts'
import type {DoctorReport} from './formats/doctor-report.ts'
import type {Assignments} from './formats/variables.ts'
import type {ForegroundEnding} from './outside/foreground.ts'
import type {Outside} from './outside/outside.ts'
import {type CacheInfo, type Cleared, cacheInfo, clearCache} from './tasks/cache.ts'
import type {ShownClaims} from './tasks/claims.ts'
import type {ConsoleAddress, ConsoleSession, ConsoleWish} from './tasks/console.ts'
import {type CredentialsWish, credentialsFor} from './tasks/credentials.ts'
import type {DoctorWish} from './tasks/doctor/doctor.ts'
import type {ExecWish} from './tasks/exec.ts'
import type {InstalledPlugin, InstallParts, InstallWish} from './tasks/install-plugin.ts'
import type {Issued} from './tasks/issued.ts'
import type {LoginFailure, LoginResult, LoginWish} from './tasks/login.ts'
import type {LogoutResult, LogoutWish} from './tasks/logout.ts'
import type {OpenConsoleWish} from './tasks/open-console.ts'
import type {Wish} from './tasks/plan.ts'
import type {AddedProfile, AddProfileWish, ProfileDetails, ProfileList} from './tasks/profiles.ts'
import type {ProviderDetails, ProviderList, RemovedProvider} from './tasks/providers.ts'
import type {RolesOffered, RolesWish} from './tasks/roles.ts'
import type {SetSecretResult, SetSecretWish} from './tasks/set-secret.ts'
import type {SetupResult, SetupWish} from './tasks/setup-result.ts'
import type {Status, StatusWish} from './tasks/status.ts'
import type {SyncResult, SyncWish} from './tasks/sync.ts'
import type {TakeoverResult, TakeoverWish} from './tasks/takeover.ts'
import type {UninstalledPlugin} from './tasks/uninstall-plugin.ts'
import type {PluginUpdate} from './tasks/update-plugins.ts'
import type {Whoami} from './tasks/whoami.ts'
import type {Choices} from './wiring/asking.ts'
import {installPartsOf} from './wiring/plugins.ts'
import {logTo} from './wiring/said.ts'
import {type Installation, wire} from './wiring/wire.ts'

/** Where a person may leave out the profile (tasks/target.ts). */
type ByPerson<Wish extends object> = Omit<Wish, 'profile'> & {readonly profile: string | undefined}

/** The use cases, wired to a world. Nothing is read before one of them is called. */
export interface App {
  credentials(wish: CredentialsWish): Promise<Issued>
  /** With what becomes of the region that the shell has. */
  credentialsForShell(wish: CredentialsWish): Promise<Issued & {readonly region: Assignments}>
  exec(wish: ByPerson<ExecWish>): Promise<ForegroundEnding>
  /** Opens the AWS console. */
  openConsole(wish: ByPerson<OpenConsoleWish>): Promise<ConsoleSession>
  consoleUrl(wish: ByPerson<ConsoleWish>): Promise<ConsoleAddress>
  login(wish: LoginWish): Promise<LoginResult>
  loginEverywhere(wish: Pick<LoginWish, 'force' | 'ifNeeded'>): Promise<readonly (LoginResult | LoginFailure)[]>
  logout(wish: LogoutWish): Promise<readonly LogoutResult[]>
  status(wish: StatusWish): Promise<Status>
  roles(wish: RolesWish): Promise<RolesOffered>
  /** Looks at everything that can be wrong, whatever is. */
  doctor(wish: DoctorWish): Promise<DoctorReport>
  setSecret(wish: SetSecretWish): Promise<SetSecretResult>
  listProfiles(): Promise<ProfileList>
  showProfile(name: string): Promise<ProfileDetails>
  addProfile(wish: AddProfileWish): Promise<AddedProfile>
  removeProfile(name: string): Promise<void>
  listProviders(): Promise<ProviderList>
  showProvider(name: string): Promise<ProviderDetails>
  removeProvider(name: string): Promise<RemovedProvider>
  setup(wish: SetupWish): Promise<SetupResult>
  /** Takes over the configuration of another tool. */
  takeOver(wish: TakeoverWish): Promise<TakeoverResult>
  /** Writes profiles for the AWS tools. */
  sync(wish: SyncWish): Promise<SyncResult>
  whoami(wish: ByPerson<CredentialsWish>): Promise<Whoami>
  claims(wish: ByPerson<Wish>): Promise<ShownClaims>
  cacheInfo(): Promise<CacheInfo>
  clearCache(provider: string | undefined): Promise<Cleared>
  installPlugin(wish: InstallWish): Promise<InstalledPlugin>
  uninstallPlugin(name: string): Promise<UninstalledPlugin>
  /** Takes the commands that are built in. */
  updatePlugins(builtIn: readonly string[]): Promise<readonly PluginUpdate[]>
  /** The shell that somebody types in, which may be one without completion. */
  readonly usualShell: string
  /** What a shell is to run for completion. */
  completionScript(shell: CompletedShell): Promise<string>
}

export function createApp(outside: Outside, installation: Installation, choices: Choices): App {
  const parts = () => wire(outside, installation, choices)
  async function byPerson<Wish extends ByPerson<object>>(wish: Wish) {
    const {parts: wired} = await parts()
    const {personsProfile} = await import('./tasks/target.ts')
    return [{...wish, profile: personsProfile(wish.profile, wired.configuration)}, wired] as const
  }
  return {
    credentials: async wish => credentialsFor(wish, (await parts()).parts),
    // What only some calls need is loaded by those: a call from the cache has no time for it.
    credentialsForShell: async wish =>
      (await import('./tasks/working-region.ts')).credentialsForShell(wish, (await parts()).parts),
    exec: async wish => (await import('./tasks/exec.ts')).exec(...(await byPerson(wish))),
    openConsole: async wish => (await import('./tasks/open-console.ts')).openConsole(...(await byPerson(wish))),
    consoleUrl: async wish => (await import('./tasks/console.ts')).consoleUrl(...(await byPerson(wish))),
    login: async wish => (await import('./tasks/login.ts')).login(wish, (await parts()).parts),
    loginEverywhere: async wish => (await import('./tasks/login.ts')).loginEverywhere(wish, (await parts()).parts),
    logout: async wish => (await import('./tasks/logout.ts')).logout(wish, (await parts()).parts),
    async status(wish) {
      const {parts: wired, cache} = await parts()
      return (await import('./tasks/status.ts')).status(wish, cache.id, wired)
    },
    roles: async wish => (await import('./tasks/roles.ts')).listRoles(wish, (await parts()).parts),
    async doctor(wish) {
      const {patientOf} = await import('./wiring/doctor.ts')
      const patient = await patientOf(outside, installation, choices)
      return (await import('./tasks/doctor/doctor.ts')).examine(wish, patient)
    },
    setSecret: async wish => (await import('./tasks/set-secret.ts')).setSecret(wish, (await parts()).parts),
    listProfiles: async () => (await import('./tasks/profiles.ts')).listProfiles((await parts()).parts),
    showProfile: async name => (await import('./tasks/profiles.ts')).showProfile(name, (await parts()).parts),
    addProfile: async wish => (await import('./tasks/profiles.ts')).addProfile(wish, (await parts()).parts),
    removeProfile: async name => (await import('./tasks/profiles.ts')).removeProfile(name, (await parts()).parts),
    listProviders: async () => (await import('./tasks/providers.ts')).listProviders((await parts()).parts),
    showProvider: async name => (await import('./tasks/providers.ts')).showProvider(name, (await parts()).parts),
    removeProvider: async name => (await import('./tasks/providers.ts')).removeProvider(name, (await parts()).parts),
    takeOver: async wish => (await import('./tasks/takeover.ts')).takeOver(wish, (await parts()).parts),
    setup: async wish => (await import('./tasks/setup.ts')).setup(wish, (await parts()).parts),
    sync: async wish => (await import('./tasks/sync.ts')).sync(wish, (await parts()).parts),
    claims: async wish => (await import('./tasks/claims.ts')).claimsFor(...(await byPerson(wish))),
    whoami: async wish => (await import('./tasks/whoami.ts')).whoami(...(await byPerson(wish))),
    async cacheInfo() {
      const {parts: wired, cache} = await parts()
      return cacheInfo(cache, wired)
    },
    clearCache: async provider => clearCache(provider, (await parts()).parts),
    installPlugin: async wish =>
      (await import('./tasks/install-plugin.ts')).installPlugin(
        wish,
        await installParts(outside, installation, choices),
      ),
    uninstallPlugin: async name =>
      (await import('./tasks/uninstall-plugin.ts')).uninstallPlugin(
        name,
        // What is to be removed may be what the configuration is broken by.
        await installParts(outside, installation, choices, async () => undefined),
      ),
    updatePlugins: async builtIn =>
      (await import('./tasks/update-plugins.ts')).updatePlugins(
        builtIn,
        await installParts(outside, installation, choices),
      ),
    usualShell: usualShell(outside.env, outside.platform),
    async completionScript(shell) {
      const path = join(installation.own.root, 'bin', setUps[shell].script)
      const script = await outside.files.readText(path)
      if (script === undefined) throw new Error(`${path} is missing`)
      return script
    },
  }
}

/** Without the other parts: what they need may come with a plugin that is to be installed. */
async function installParts(
  outside: Outside,
  installation: Installation,
  {debug}: Choices,
  read = outside.files.readGiven,
): Promise<InstallParts> {
  const {places, terminal} = outside
  const path = places.configFile ?? 'config.yaml'
  const configuration = readConfiguration(path, await read(path))
  return installPartsOf(outside, installation, configuration, logTo(terminal.say, debug))
}
